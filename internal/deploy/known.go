package deploy

// Known is a value that GitHub may not tell. The zero Known is unknown, which no gate takes for a
// value that passes.
type Known[T any] struct {
	Value T
	OK    bool
}

// Know returns a value that is known.
func Know[T any](value T) Known[T] { return Known[T]{Value: value, OK: true} }
