//! The keys that a configuration can have, found out by reading one.
//!
//! A deserializer that is asked for a struct is told its fields. This one writes
//! them down, goes into each, and answers with the simplest value of its kind; a
//! field that does not take that value is left out at the next try.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fmt::{self, Display},
};

use serde::{
    Deserialize,
    de::{self, DeserializeSeed, IntoDeserializer, Visitor, value},
};

/// The dotted names of all keys of `T`, its tables included.
pub(crate) fn keys_of<'de, T: Deserialize<'de>>() -> BTreeSet<String> {
    let found = Found::default();
    loop {
        let read = T::deserialize(Asked {
            found: &found,
            path: String::new(),
        });
        match read {
            Ok(_) => return found.keys.into_inner(),
            Err(NotTaken(error)) => {
                let failed = found.current.borrow().clone();
                let fresh = found.left_out.borrow_mut().insert(failed.clone());
                assert!(fresh, "{failed} is asked for again: {error}");
            }
        }
    }
}

#[derive(Default)]
struct Found {
    keys: RefCell<BTreeSet<String>>,
    left_out: RefCell<BTreeSet<String>>,
    current: RefCell<String>,
}

#[derive(Debug)]
struct NotTaken(String);

impl Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotTaken {}

impl de::Error for NotTaken {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Asked<'a> {
    found: &'a Found,
    path: String,
}

impl<'a> Asked<'a> {
    fn within(&self, name: &str) -> Self {
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        Self {
            found: self.found,
            path,
        }
    }

    fn here(&self) {
        self.found.current.replace(self.path.clone());
    }
}

macro_rules! simple {
    ($($method:ident => $visit:ident($($value:expr)?),)+) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotTaken> {
                self.here();
                visitor.$visit($($value)?)
            }
        )+
    };
}

impl<'de> de::Deserializer<'de> for Asked<'_> {
    type Error = NotTaken;

    simple! {
        deserialize_any => visit_str("1"),
        deserialize_bool => visit_bool(true),
        deserialize_i8 => visit_i8(1),
        deserialize_i16 => visit_i16(1),
        deserialize_i32 => visit_i32(1),
        deserialize_i64 => visit_i64(1),
        deserialize_u8 => visit_u8(1),
        deserialize_u16 => visit_u16(1),
        deserialize_u32 => visit_u32(1),
        deserialize_u64 => visit_u64(1),
        deserialize_f32 => visit_f32(1.0),
        deserialize_f64 => visit_f64(1.0),
        deserialize_char => visit_char('1'),
        deserialize_str => visit_str("127.0.0.1"),
        deserialize_string => visit_str("127.0.0.1"),
        deserialize_bytes => visit_bytes(b"1"),
        deserialize_byte_buf => visit_bytes(b"1"),
        deserialize_unit => visit_unit(),
        deserialize_identifier => visit_str("1"),
        deserialize_ignored_any => visit_unit(),
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotTaken> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, NotTaken> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, NotTaken> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotTaken> {
        visitor.visit_seq(One(Some(self)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, NotTaken> {
        visitor.visit_seq(One(Some(self)))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, NotTaken> {
        visitor.visit_seq(One(Some(self)))
    }

    /// A map whose keys the operator chooses: the table itself is the key.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotTaken> {
        self.here();
        visitor.visit_map(value::MapDeserializer::new(
            std::iter::empty::<(&str, &str)>(),
        ))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotTaken> {
        visitor.visit_map(Fields {
            asked: self,
            left: fields,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotTaken> {
        self.here();
        let first = variants.first().copied().unwrap_or_default();
        visitor.visit_enum(IntoDeserializer::<NotTaken>::into_deserializer(first))
    }

    serde::forward_to_deserialize_any! { i128 u128 }
}

struct One<'a>(Option<Asked<'a>>);

impl<'de> de::SeqAccess<'de> for One<'_> {
    type Error = NotTaken;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NotTaken> {
        self.0
            .take()
            .map(|asked| seed.deserialize(asked))
            .transpose()
    }
}

struct Fields<'a> {
    asked: Asked<'a>,
    left: &'static [&'static str],
}

impl<'de> de::MapAccess<'de> for Fields<'_> {
    type Error = NotTaken;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, NotTaken> {
        while let [name, rest @ ..] = self.left {
            let field = self.asked.within(name);
            field.found.keys.borrow_mut().insert(field.path.clone());
            if !field.found.left_out.borrow().contains(&field.path) {
                return seed.deserialize((*name).into_deserializer()).map(Some);
            }
            self.left = rest;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NotTaken> {
        let [name, rest @ ..] = self.left else {
            return Err(NotTaken("no field".to_owned()));
        };
        self.left = rest;
        let field = self.asked.within(name);
        field.here();
        seed.deserialize(field)
    }
}
