// Verifies an exported log with what Go's checksum database is verified with:
// golang.org/x/mod/sumdb, in Debian golang-go and golang-golang-x-mod-dev.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go FOLDER VKEY [RECEIPT LEAF]
//
// Checks the signatures of the newest checkpoint and of all earlier ones in the
// folder, rebuilds the tree from the entries, proves the inclusion of every
// event (of some, in a large log) and that every earlier checkpoint is a
// beginning of the newest, and checks a receipt. Ends with 0 if all of it holds.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// memory holds all hashes of the tree in the order in which tlog stores them.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(m)) {
			return nil, errors.New("the tree has no such hash")
		}
		hashes[at] = m[index]
	}
	return hashes, nil
}

func hash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	bytes, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(bytes) != len(hash) {
		return hash, fmt.Errorf("%q is not the base64 of a hash", text)
	}
	copy(hash[:], bytes)
	return hash, nil
}

// checkpoint gives size and root of a signed checkpoint.
func checkpoint(key note.Verifier, signed []byte) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != key.Name() {
		return tlog.Tree{}, errors.New("the checkpoint is of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := hash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// path names a bundle as C2SP tlog-tiles does.
func path(index, width int64) string {
	name := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		name = fmt.Sprintf("x%03d/%s", index%1000, name)
	}
	if width < 256 {
		name = fmt.Sprintf("%s.p/%d", name, width)
	}
	return "tile/entries/" + name
}

// rebuild makes the tree from the entries.
func rebuild(folder string, size int64) (memory, []tlog.Hash, error) {
	var stored memory
	var leaves []tlog.Hash
	for from := int64(0); from < size; from += 256 {
		width := size - from
		if width > 256 {
			width = 256
		}
		name := path(from/256, width)
		bundle, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, nil, err
		}
		for at := int64(0); at < width; at++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, nil, fmt.Errorf("%s is too short", name)
			}
			length := 2 + int(binary.BigEndian.Uint16(bundle))
			leaf := tlog.RecordHash(bundle[2:length])
			hashes, err := tlog.StoredHashesForRecordHash(from+at, leaf, stored)
			if err != nil {
				return nil, nil, err
			}
			stored = append(stored, hashes...)
			leaves = append(leaves, leaf)
			bundle = bundle[length:]
		}
		if len(bundle) > 0 {
			return nil, nil, fmt.Errorf("%s is too long", name)
		}
	}
	return stored, leaves, nil
}

// receipt checks a tlog-proof, and gives its position and checkpoint.
func receipt(key note.Verifier, file string, leaf []byte) (int64, tlog.Tree, error) {
	head, signed, found := strings.Cut(file, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, tlog.Tree{}, errors.New("this is not a tlog-proof")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return 0, tlog.Tree{}, err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		sibling, err := hash(line)
		if err != nil {
			return 0, tlog.Tree{}, err
		}
		proof = append(proof, sibling)
	}
	tree, err := checkpoint(key, []byte(signed))
	if err != nil {
		return 0, tlog.Tree{}, err
	}
	return index, tree, tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf))
}

func verify(arguments []string) error {
	if len(arguments) != 2 && len(arguments) != 4 {
		return errors.New("verify FOLDER VKEY [RECEIPT LEAF]")
	}
	folder := arguments[0]
	key, err := note.NewVerifier(arguments[1])
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := checkpoint(key, signed)
	if err != nil {
		return err
	}
	stored, leaves, err := rebuild(folder, tree.N)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(tree.N, stored)
	if err != nil {
		return err
	}
	if tree.N > 0 && root != tree.Hash {
		return errors.New("the entries do not lead to the signed root")
	}
	fmt.Printf("%d events lead to the signed root\n", tree.N)

	step := 1 + tree.N/1000
	included := 0
	for index := int64(0); index < tree.N; index += step {
		proof, err := tlog.ProveRecord(tree.N, index, stored)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaves[index]); err != nil {
			return fmt.Errorf("event %d: %w", index, err)
		}
		included++
	}
	fmt.Printf("%d of them are proven to be included\n", included)

	earlier, err := filepath.Glob(filepath.Join(folder, "checkpoint.*"))
	if err != nil {
		return err
	}
	consistent := func(old tlog.Tree) error {
		if old.N == 0 {
			return nil
		}
		proof, err := tlog.ProveTree(tree.N, old.N, stored)
		if err != nil {
			return err
		}
		return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
	}
	for _, name := range earlier {
		signed, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		old, err := checkpoint(key, signed)
		if err == nil {
			err = consistent(old)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	fmt.Printf("%d earlier checkpoints are consistent with it\n", len(earlier))

	if len(arguments) == 4 {
		file, err := os.ReadFile(arguments[2])
		if err != nil {
			return err
		}
		leaf, err := os.ReadFile(arguments[3])
		if err != nil {
			return err
		}
		index, old, err := receipt(key, string(file), leaf)
		if err == nil {
			err = consistent(old)
		}
		if err != nil {
			return fmt.Errorf("the receipt: %w", err)
		}
		fmt.Printf("the receipt proves position %d\n", index)
	}
	return nil
}

func main() {
	if err := verify(os.Args[1:]); err != nil {
		fmt.Printf("NOT OK: %v\n", err)
		os.Exit(1)
	}
}
