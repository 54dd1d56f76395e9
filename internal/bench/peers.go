package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// peers returns the programs in dir.
func peers(dir string) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var programs []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			path, err := filepath.Abs(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			programs = append(programs, path)
		}
	}
	if len(programs) == 0 {
		return nil, fmt.Errorf("bench: no program in %s", dir)
	}
	return programs, nil
}

// runPeer measures one program on one problem. It looks for its references in
// refs.
func runPeer(program, problem, refs string) ([]row, error) {
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "PEERS_ONLY=,"+problem+",", "PEERS_REF="+refs)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("bench: %s: %w", filepath.Base(program), err)
	}
	return readRows(bytes.NewReader(out))
}
