package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	c := config{}
	flag.StringVar(&c.peers, "peers", os.Getenv("ODEFIT_PEERS"), "folder of the peers' programs")
	flag.StringVar(&c.docs, "docs", "", "folder to write benchmarks.md and work-precision/ into")
	flag.StringVar(&c.only, "only", "", "only problems whose name contains this text")
	flag.StringVar(&c.from, "from", "", "draw and compare the rows of this file instead of measuring")
	flag.StringVar(&c.note, "note", "", "versions and flags of the peers, for benchmarks.md")
	flag.IntVar(&c.rounds, "rounds", 3, "how often peers and our solvers take turns")
	flag.Parse()
	if err := c.run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type config struct {
	peers, docs, only, from, note string
	rounds                        int
}

func (c *config) run() error {
	rows, err := c.rows()
	if err != nil {
		return err
	}
	fmt.Println(strings.Join(header, ","))
	for i := range rows {
		fmt.Println(rows[i].String())
	}
	if c.docs == "" {
		return nil
	}
	return c.document(rows)
}

// rows measures, or reads what was measured before.
func (c *config) rows() ([]row, error) {
	if c.from != "" {
		f, err := os.Open(c.from)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readRows(f)
	}
	programs, err := peers(c.peers)
	if err != nil {
		return nil, err
	}
	refs, err := copyReferences()
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(refs)
	var rows []row
	for _, r := range races() {
		if !strings.Contains(r.name, c.only) {
			continue
		}
		ref, err := r.reference()
		if err != nil {
			return nil, err
		}
		for round := range c.rounds {
			fmt.Fprintf(os.Stderr, "%s, round %d of %d\n", r.name, round+1, c.rounds)
			for _, program := range programs {
				found, err := runPeer(program, r.name, refs)
				if err != nil {
					return nil, err
				}
				rows = best(rows, found...)
			}
			for _, m := range r.methods() {
				for _, rtol := range tolerances(m) {
					rows = best(rows, measure(&r, ref, m, rtol))
				}
			}
		}
	}
	return rows, nil
}

// best adds rows to those of rounds before and keeps the better times.
func best(rows []row, more ...row) []row {
next:
	for _, m := range more {
		for i := range rows {
			if r := &rows[i]; r.peer == m.peer && r.problem == m.problem && r.method == m.method && r.rtol == m.rtol {
				r.best, r.median = min(r.best, m.best), min(r.median, m.median)
				continue next
			}
		}
		rows = append(rows, m)
	}
	return rows
}

// copyReferences writes the references into a temporary folder, for the peers.
func copyReferences() (string, error) {
	dir, err := os.MkdirTemp("", "odefit-bench-*")
	if err != nil {
		return "", err
	}
	for _, r := range races() {
		text, err := references.ReadFile("reference/" + r.name + ".csv")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, r.name+".csv"), text, 0o644)
		}
		if err != nil {
			os.RemoveAll(dir)
			return "", err
		}
	}
	return dir, nil
}
