package integrate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"

	"github.com/odefit/odefit/integrate/space"
)

// shelf keeps states in a temporary file, by number.
type shelf[S any] struct {
	file *os.File
	flat space.Coordinates[S]
	x    []float64
	b    []byte
}

func newShelf[S any](sp space.Space[S], like S, dir string) (*shelf[S], error) {
	flat, ok := sp.(space.Coordinates[S])
	if !ok {
		return nil, fmt.Errorf("integrate: states of type %T cannot be kept in a file: their space has no coordinates", like)
	}
	file, err := os.CreateTemp(dir, "odefit-states-*")
	if err != nil {
		return nil, fmt.Errorf("integrate: the file of kept states: %w", err)
	}
	n := flat.Dim(like)
	return &shelf[S]{file: file, flat: flat, x: make([]float64, n), b: make([]byte, 8*n)}, nil
}

// put writes y as state i.
func (s *shelf[S]) put(i int, y S) error {
	s.flat.Flatten(s.x, y)
	for j, v := range s.x {
		binary.LittleEndian.PutUint64(s.b[8*j:], math.Float64bits(v))
	}
	return s.write(i)
}

func (s *shelf[S]) write(i int) error {
	if _, err := s.file.WriteAt(s.b, int64(i)*int64(len(s.b))); err != nil {
		return fmt.Errorf("integrate: the file of kept states: %w", err)
	}
	return nil
}

func (s *shelf[S]) read(i int) error {
	if _, err := s.file.ReadAt(s.b, int64(i)*int64(len(s.b))); err != nil {
		return fmt.Errorf("integrate: the file of kept states: %w", err)
	}
	return nil
}

// get sets dst to state i, bit for bit.
func (s *shelf[S]) get(dst S, i int) error {
	if err := s.read(i); err != nil {
		return err
	}
	for j := range s.x {
		s.x[j] = math.Float64frombits(binary.LittleEndian.Uint64(s.b[8*j:]))
	}
	s.flat.Unflatten(dst, s.x)
	return nil
}

// move makes state from the state to.
func (s *shelf[S]) move(to, from int) error {
	if to == from {
		return nil
	}
	if err := s.read(from); err != nil {
		return err
	}
	return s.write(to)
}

func (s *shelf[S]) close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
