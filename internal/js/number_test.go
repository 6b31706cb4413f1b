package js_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/js"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		number float64
		want   string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "0"},
		{1, "1"},
		{-1.5, "-1.5"},
		{0.1, "0.1"},
		{0.30000000000000004, "0.30000000000000004"},
		{100, "100"},
		{1e20, "100000000000000000000"},
		{123456789012345680000, "123456789012345680000"},
		{999999999999999900000, "999999999999999900000"},
		{1e21, "1e+21"},
		{-1.5e300, "-1.5e+300"},
		{4722366482869645213695, "4.722366482869645e+21"},
		{0.000001, "0.000001"},
		{0.0000015, "0.0000015"},
		{0.0000001, "1e-7"},
		{-0.00000012, "-1.2e-7"},
		{1e-10, "1e-10"},
		{5e-324, "5e-324"},
		{math.MaxFloat64, "1.7976931348623157e+308"},
		{9007199254740991, "9007199254740991"},
		{math.NaN(), "NaN"},
		{math.Inf(1), "Infinity"},
		{math.Inf(-1), "-Infinity"},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, js.Number(test.number))
	}
}

func TestAppendNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		number float64
		want   string
	}{
		{math.NaN(), "[null"},
		{math.Inf(1), "[null"},
		{math.Inf(-1), "[null"},
		{math.Copysign(0, -1), "[0"},
		{1e21, "[1e+21"},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, string(js.AppendNumber([]byte("["), test.number)))
	}
}
