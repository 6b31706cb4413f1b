package command

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/js"
)

func TestNumerals(t *testing.T) {
	t.Parallel()
	type kinds struct{ negative, decimal, group bool }
	for text, want := range map[string]kinds{
		"":       {},
		"-":      {},
		".":      {},
		"-.":     {},
		"e1":     {},
		"5":      {false, true, true},
		"-5":     {true, true, true},
		"--5":    {},
		"+5":     {},
		"5.":     {false, true, true},
		"-5.":    {false, true, true},
		".5":     {false, true, false},
		"-.5":    {true, true, false},
		"-5.25":  {true, true, true},
		"5.2.5":  {},
		"5e3":    {false, true, true},
		"-5e3":   {false, true, true},
		"5.e-3":  {false, true, true},
		"5e+3":   {false, true, false},
		"5E3":    {},
		"5e":     {},
		"5e-":    {},
		"5e1.5":  {},
		"5x":     {},
		"٣":      {},
		"0x1":    {},
		"-0":     {true, true, true},
		"007":    {false, true, true},
		"1\n":    {},
		"-1\xff": {},
	} {
		units := js.Units(text)
		got := kinds{isNegative(text), isDecimal(text), isGroupNumber(units)}
		assert.Equal(t, want, got, "%q", text)
	}
}
