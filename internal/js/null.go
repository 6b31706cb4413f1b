package js

import "time"

// OrNull returns a value for JSON in which the zero value of its type means unknown: nil, which is written as null.
func OrNull[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
}

// TimeOrNull returns a time for JSON, in UTC and to the second, nil for the zero time.
func TimeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC().Format(time.RFC3339))
}
