//! Values that must never change: a log that was published once is checked
//! with them for ever. Leaf `i` is the text `leaf i`; the roots were computed
//! with Python's hashlib from the recursive definition of RFC 6962.

use transparency::{Edge, Hash};

const ROOTS: [(u64, &str); 20] = [
    (0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    (1, "G7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU="),
    (2, "/F9riP+FVPdbsvnm85wxsZNtRLaSdu33sSBalVuXYeM="),
    (3, "1Pksj7uJcg6ztVZ3x9fvrd/rENEaGoSguo8aIzN/qpU="),
    (4, "T2MQhKFXxU9U/Psj/164ZQxLoWDClbsTqYMrEJ1SZ34="),
    (5, "NBUVmC1lDiNSDb1U1/zwr6G3DMOhakEdRk3JwayWwwE="),
    (6, "g2PDghzkHrtGIiEWpCzIPbp1OYSyPPyiaqrQpoZzNuo="),
    (7, "WmH8K1T5z6cXdPJDIUPdQMbLKxGUf69lp9PaXLZRmcg="),
    (8, "xcLIIO00L92ozolra5z1uMAKIcxLIHFMxuXTwFw1JAs="),
    (9, "dEfK3Ghisw3tyyjEsymQk2azvTOPapD++tzEsqiiuUg="),
    (10, "ct4a9vGtKFse8PlpyZ48AOPDLDfzo8JgUgmR0mPSX30="),
    (11, "tubAHcNe8yoG1ShcXR8u5hcSynqvU9EI/ULCvRwUFgc="),
    (12, "lX3TX93QjSnIRIF3UWVIaJbUdNs53IEpznV7Bo7LAus="),
    (13, "z5tMKkSnyqci1dVI7mT/kKEZsMMaysNETcWDAAo508o="),
    (14, "m15OWKRPw503s2otFeVhoeqYZB4a8k/m/HpzU+tbLpc="),
    (15, "fVzzjAuL1L7jzmFz9tz5qEGoP+KqOuhVpFCx/Y/vZPk="),
    (255, "1xWSohnUBnZj7t4kf5tUw/ngKQaC1V3gm0lbB/HeQck="),
    (256, "z17/2xHQknou31Ow5zx4N/ZZQU4AU32l2Q61xMSf8nQ="),
    (257, "hVuTaqAMuYtRFEhCSa0514pr6TYj4mwB6OSH3AIYSlo="),
    (258, "dFgtT+42ZaJn47ZYO505VSjgz1kiObSipHctEuiUQco="),
];

#[test]
fn roots_at_the_sizes_where_trees_go_wrong_stay_what_they_are() {
    let mut edge = Edge::new();
    for (size, root) in ROOTS {
        while edge.size() < size {
            edge.append(Hash::leaf(format!("leaf {}", edge.size()).as_bytes()));
        }
        assert_eq!(edge.root().to_string(), root, "size {size}");
    }
}
