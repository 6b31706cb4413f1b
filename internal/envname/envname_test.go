package envname_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/envname"
)

func TestSame(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		a, b string
		want bool
	}{
		"one spelling":          {"production", "production", true},
		"another case":          {"production", "Production", true},
		"capitals":              {"PROD-EU", "prod-eu", true},
		"outside of ASCII":      {"produção", "PRODUÇÃO", true},
		"Kelvin sign":           {"k8s", "\u212a8s", true},
		"another name":          {"production", "prod", false},
		"another accent":        {"producao", "produção", false},
		"composed otherwise":    {"\u00e9", "e\u0301", false},
		"sharp s and two":       {"straße", "strasse", false},
		"blank at the end":      {"production", "production ", false},
		"hyphen and underscore": {"prod-eu", "prod_eu", false},
		"nothing":               {"", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, envname.Same(test.a, test.b))
			assert.Equal(t, test.want, envname.Same(test.b, test.a))
		})
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	list := []string{"Dev", "staging", "PROD", "dev", "Prod"}
	assert.Equal(t, 2, envname.Index(list, "prod"))
	assert.Equal(t, -1, envname.Index(list, "qa"))
	assert.True(t, envname.Contains(list, "Staging"))
	assert.False(t, envname.Contains(list, "stag"))
	assert.False(t, envname.Contains(nil, "dev"))
	assert.Equal(t, []string{"Dev", "staging", "PROD"}, envname.Distinct(list))
	assert.Empty(t, envname.Distinct(nil))
}

func TestRepeated(t *testing.T) {
	t.Parallel()
	first, second, found := envname.Repeated([]string{"staging", "Dev", "prod", "dev", "PROD"})
	assert.True(t, found)
	assert.Equal(t, []string{"Dev", "dev"}, []string{first, second})
	_, _, found = envname.Repeated([]string{"staging", "dev"})
	assert.False(t, found)
}
