//! What a threshold group publishes, checked.

use std::ops::RangeInclusive;

use super::form::{
    Certificate, Commitments, Context, ThresholdParameters, certificates_text, signature_holds,
};
use super::{GroupFault, Owner, TrusteeFault, TrusteesError, check_public_key};
use crate::group::{Group, Scalar};
use crate::json;

/// The group's key and each member's verification key.
type Keys<G> = (<G as Group>::Element, Vec<<G as Group>::Element>);

/// Checks a group. The form of belenios-tool 2.0 (no contexts, no signatures under the
/// certificates and keys) is accepted where the record has none of them; whoever writes a
/// record today writes the 3.x form.
pub(super) fn check<G: Group>(
    parameters: &ThresholdParameters<G>,
    members: &RangeInclusive<Owner>,
) -> Result<Keys<G>, Vec<TrusteesError>> {
    let size = parameters.verification_keys.len();
    let group_fault = |fault| {
        vec![TrusteesError::Group {
            members: members.clone(),
            fault,
        }]
    };
    let signatures = parameters.signatures.as_deref();
    let sizes = [
        parameters.certs.len(),
        parameters.coefexps.len(),
        signatures.map_or(size, <[_]>::len),
    ];
    if sizes != [size; 3] {
        return Err(group_fault(GroupFault::Size));
    }
    if !(1..=size).contains(&parameters.threshold) {
        return Err(group_fault(GroupFault::Threshold));
    }
    let owners = || (members.start().0..).map(Owner);
    let mut errors = Vec::new();
    let mut note = |owner, fault| errors.push(TrusteesError::Fault { owner, fault });

    let mut signing_keys = Vec::with_capacity(size);
    for ((cert, owner), index) in parameters.certs.iter().zip(owners()).zip(1..) {
        let context = signatures.map(|_| Context {
            group: G::NAME.to_owned(),
            size,
            threshold: parameters.threshold,
            index,
        });
        let key = match read_certificate::<G>(&cert.message) {
            None => Err(TrusteeFault::Certificate),
            Some((found, _)) if found != context => Err(TrusteeFault::CertificateContext),
            Some((_, key)) if !cert.holds(&key) => Err(TrusteeFault::CertificateSignature),
            Some((_, key)) => Ok(key),
        };
        signing_keys.push(key.map_err(|fault| note(owner, fault)).ok());
    }

    let mut polynomials = Vec::with_capacity(size);
    for ((coefexps, owner), index) in parameters.coefexps.iter().zip(owners()).zip(0..) {
        let key = signing_keys.get(index).copied().flatten();
        let Some((texts, polynomial)) =
            read_commitments::<G>(&coefexps.message, parameters.threshold)
        else {
            note(owner, TrusteeFault::Polynomial);
            continue;
        };
        if key.is_some_and(|key| !coefexps.holds(&key)) {
            note(owner, TrusteeFault::PolynomialSignature);
        }
        if let (Some(key), Some(signature)) = (key, signatures.and_then(|all| all.get(index))) {
            let text = certificates_text(&parameters.certs, &texts);
            if !signature_holds(&text, &key, signature) {
                note(owner, TrusteeFault::CertificatesSignature);
            }
        }
        polynomials.push(polynomial);
    }

    let mut keys = Vec::with_capacity(size);
    for ((public, owner), index) in parameters.verification_keys.iter().zip(owners()).zip(0..) {
        let key = match check_public_key(public) {
            Ok(key) => key,
            Err(fault) => {
                note(owner, fault);
                continue;
            }
        };
        if polynomials.len() == size && key != evaluate::<G>(&polynomials, index as u64 + 1) {
            note(owner, TrusteeFault::VerificationKey);
        }
        let signing_key = signing_keys.get(index).copied().flatten();
        let signed = match (&public.signature, signing_key) {
            (Some(signature), Some(signing_key)) => {
                signature_holds(&public.public_key, &signing_key, signature)
            }
            (Some(_), None) => true,
            (None, _) => signatures.is_none(),
        };
        if !signed {
            note(owner, TrusteeFault::VerificationKeySignature);
        }
        keys.push(key);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let key = polynomials
        .iter()
        .filter_map(|polynomial| polynomial.first())
        .fold(G::identity(), |product, constant| {
            G::product(&product, constant)
        });
    Ok((key, keys))
}

/// The context and the verification key of a certificate; both its keys must be in the group.
pub(super) fn read_certificate<G: Group>(message: &str) -> Option<(Option<Context>, G::Element)> {
    let certificate: Certificate = json::read(message.as_bytes()).ok()?;
    G::element(&certificate.encryption)?;
    Some((certificate.context, G::element(&certificate.verification)?))
}

/// The commitments A_0 … A_t and their texts.
pub(super) fn read_commitments<G: Group>(
    message: &str,
    threshold: usize,
) -> Option<(Vec<String>, Vec<G::Element>)> {
    let Commitments { coefexps } = json::read(message.as_bytes()).ok()?;
    let elements: Vec<_> = coefexps
        .iter()
        .map(|text| G::element(text))
        .collect::<Option<_>>()?;
    (elements.len() == threshold).then_some((coefexps, elements))
}

/// Π_i Π_k A_ik^(j^k): the verification key of member j.
pub(super) fn evaluate<G: Group>(polynomials: &[Vec<G::Element>], member: u64) -> G::Element {
    let member = G::Scalar::from_u64(member);
    polynomials
        .iter()
        .fold(G::identity(), |product, polynomial| {
            let mut power = G::Scalar::from_u64(1);
            let exponents: Vec<_> = polynomial
                .iter()
                .map(|_| {
                    let exponent = power;
                    power = power * member;
                    exponent
                })
                .collect();
            G::product(&product, &G::multi_power(polynomial, &exponents))
        })
}

/// λ_d = Π_{k≠d} k/(k-d) over the indices that take part.
pub(super) fn lagrange<G: Group>(index: u64, indices: &[u64]) -> G::Scalar {
    let own = G::Scalar::from_u64(index);
    indices.iter().filter(|other| **other != index).fold(
        G::Scalar::from_u64(1),
        |product, other| {
            let other = G::Scalar::from_u64(*other);
            // Different small indices have a difference that is not zero modulo q.
            let inverse = (other - own).inverse().unwrap_or_else(G::Scalar::zero);
            product * other * inverse
        },
    )
}
