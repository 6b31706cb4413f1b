package template_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/template"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		// Delimiters.
		{"a {{ b", `line 1: "{{" is never closed`},
		{"a\n\nb {% if noop }} %", `line 3: "{%" is never closed`},
		{"{", ""},
		{"{{", `line 1: "{{" is never closed`},
		{"{%}", `line 1: "{%" is never closed`},
		{"{{ ref }}\n{{ ref }", `line 2: "{{" is never closed`},
		{"x\n{# a comment #}", `line 2: "{#" is not supported: templates have no comments`},
		{"{{ ref }}{#", `line 1: "{#" is not supported: templates have no comments`},
		{"{{{% if fork %}{% endif %}", `line 1: "{{" is never closed`},
		{"{%\n{{ ref }}", `line 1: "{%" is never closed`},
		{"{{ ref }\n} {{ sha }}", `line 1: expected the end, found "}\n} {{ sha"`},

		// Variables.
		{"\n\n{{ foo }}", `line 3: unknown variable "foo"`},
		{"{{\n\nfoo }}", `line 1: unknown variable "foo"`},
		{"{{}}", "line 1: expected a variable, found nothing"},
		{"{{ Ref }}", `line 1: expected a variable, found "Ref"`},
		{"{{ _ }}", `line 1: unknown variable "_"`},
		{"{{ ref2 }}", `line 1: unknown variable "ref2"`},
		{"{{ ref.name }}", `line 1: expected the end, found ".name"`},
		{"{{ ref | upper }}", `line 1: expected the end, found "| upper"`},
		{"{{ ref() }}", `line 1: expected the end, found "()"`},
		{"{{ (ref) }}", `line 1: expected a variable, found "(ref)"`},
		{"{{ ref sha }}", `line 1: expected the end, found "sha"`},
		{"{{ {{ ref }} }}", `line 1: expected a variable, found "{{ ref"`},
		{"{{- ref -}}", `line 1: expected a JSON number, found "-"`},
		{"{{ __proto__ }}", `line 1: unknown variable "__proto__"`},
		{"{{ constructor }}", `line 1: unknown variable "constructor"`},
		{"{{ \u0085ref }}", `line 1: expected a variable, found "\u0085ref"`},
		{"{{ " + strings.Repeat("é", 41) + " }}", `line 1: expected a variable, found "` + strings.Repeat("é", 40) + `…"`},
		{"{{ " + strings.Repeat("é", 40) + " }}", `line 1: expected a variable, found "` + strings.Repeat("é", 40) + `"`},
		{"{{ " + strings.Repeat("a", 999) + " }}", `line 1: unknown variable "` + strings.Repeat("a", 40) + `…"`},

		// Choices.
		{`{{ "a" }}`, `line 1: expected " if " behind the literal, found nothing`},
		{`{{ null }}`, `line 1: expected " if " behind the literal, found nothing`},
		{`{{ "a"if fork else "b" }}`, `line 1: expected " if " behind the literal, found "if fork else \"b\""`},
		{`{{ "a" when fork }}`, `line 1: expected " if " behind the literal, found "when fork"`},
		{`{{ "a" iffork else "b" }}`, `line 1: expected " if " behind the literal, found "iffork else \"b\""`},
		{"{{ 1 if\tfork else 2 }}", `line 1: expected a blank behind "if", found "\tfork else 2"`},
		{"{{ 1 if }}", `line 1: expected a blank behind "if", found nothing`},
		{"{{ 1 if fork }}", `line 1: expected " else " and a literal behind the condition, found nothing`},
		{"{{ 1 if fork else }}", `line 1: expected " else " and a literal behind the condition, found nothing`},
		{"{{ 1 if fork or 2 }}", `line 1: expected " else " and a literal behind the condition, found "or 2"`},
		{`{{ 1 if fork else"b" }}`, `line 1: expected " else " and a literal behind the condition, found "\"b\""`},
		{`{{ 1 if status == ""else 2 }}`, `line 1: expected " else " and a literal behind the condition, found "else 2"`},
		{"{{ 1 if fork else sha }}", `line 1: expected a literal, found "sha"`},
		{"{{ 1 if fork else 2 3 }}", `line 1: expected the end, found "3"`},
		{"{{ 1 if fork else 2 if noop else 3 }}", `line 1: expected the end, found "if noop else 3"`},
		{"{{ ref if fork else 2 }}", `line 1: only literals can be chosen from, not the variable "ref"`},
		{"{{ trueish if fork else 2 }}", `line 1: unknown variable "trueish"`},
		{"{{ 1 if status\n== 2 else 3 }}", "line 1: the condition of a choice must be on one line"},
		{"{{ 1 if status ==\u20282 else 3 }}", "line 1: the condition of a choice must be on one line"},
		{"{{ 1 if not \r fork else 3 }}", "line 1: the condition of a choice must be on one line"},
		{"{{ 1 if foo else 2 }}", `line 1: unknown variable "foo"`},
		{"{{ 1 if status else 2 }}", `line 1: variable "status" is a string, not a boolean: compare it with something`},

		// Literals.
		{`{{ "a }}" if fork else "b" }}`, `line 1: expected a string that ends with a quotation mark, found "\"a"`},
		{`{{ "a\" if fork else 1 }}`, `line 1: expected a string that ends with a quotation mark, found "\"a\\\" if fork else 1"`},
		{`{{ "a\`, `line 1: "{{" is never closed`},
		{`{{ "a\}}`, `line 1: expected a string that ends with a quotation mark, found "\"a\\"`},
		{`{{ "\x" if fork else 1 }}`, `line 1: expected a JSON string, found "\"\\x\"": invalid character 'x' in string escape code`},
		{`{{ "\u12" if fork else 1 }}`, `line 1: expected a JSON string, found "\"\\u12\"": invalid character '"' in \u hexadecimal character escape`},
		{"{{ \"a\nb\" if fork else 1 }}", `line 1: expected a JSON string, found "\"a\nb\"": invalid character '\n' in string literal`},
		{"{{ 1 if fork else 'b' }}", `line 1: expected a literal, found "'b'"`},
		{"{{ 'a' if fork else 'b' }}", `line 1: expected a variable, found "'a' if fork else 'b'"`},
		{"{{ 01 if fork else 1 }}", `line 1: expected a JSON number, found "01"`},
		{"{{ +1 if fork else 1 }}", `line 1: expected a JSON number, found "+1"`},
		{"{{ .5 if fork else 1 }}", `line 1: expected a JSON number, found ".5"`},
		{"{{ 5. if fork else 1 }}", `line 1: expected a JSON number, found "5."`},
		{"{{ 1e if fork else 1 }}", `line 1: expected a JSON number, found "1e"`},
		{"{{ 0x1 if fork else 1 }}", `line 1: expected " if " behind the literal, found "x1 if fork else 1"`},
		{"{{ -Infinity if fork else 1 }}", `line 1: expected a JSON number, found "-"`},
		{"{{ 1 if fork else NaN }}", `line 1: expected a literal, found "NaN"`},
		{"{{ 1 if fork else Infinity }}", `line 1: expected a literal, found "Infinity"`},
		{"{{ 1 if fork else [] }}", `line 1: expected a literal, found "[]"`},
		{"{{ 1 if fork else True }}", `line 1: expected a literal, found "True"`},
		{"{{ 1 if fork else undefined }}", `line 1: expected a literal, found "undefined"`},

		// Conditions.
		{"{% if %}{% endif %}", `line 1: expected a blank behind "if", found nothing`},
		{"{% if\tfork %}{% endif %}", `line 1: expected a blank behind "if", found "\tfork"`},
		{"{% if(fork) %}{% endif %}", `line 1: expected a blank behind "if", found "(fork)"`},
		{"{% if (fork) %}{% endif %}", `line 1: expected a variable, found "(fork)"`},
		{"{% if fork and noop %}{% endif %}", `line 1: expected the end, found "and noop"`},
		{"{% if !fork %}{% endif %}", `line 1: expected a variable, found "!fork"`},
		{"{% if not %}{% endif %}", `line 1: expected a blank behind "not", found nothing`},
		{"{% if not\tfork %}{% endif %}", `line 1: expected a blank behind "not", found "\tfork"`},
		{"{% if not foo %}{% endif %}", `line 1: unknown variable "foo"`},
		{"{% if not not fork %}{% endif %}", `line 1: unknown variable "not"`},
		{"{% if not fork == true %}{% endif %}", `line 1: expected the end, found "== true"`},
		{"{% if not status %}{% endif %}", `line 1: variable "status" is a string, not a boolean: compare it with something`},
		{"{% if total_seconds %}{% endif %}", `line 1: variable "total_seconds" is a number, not a boolean: compare it with something`},
		{"{% if deployment_id %}{% endif %}", `line 1: variable "deployment_id" is a number or null, not a boolean: compare it with something`},
		{"{% if params %}{% endif %}", `line 1: variable "params" is a string or null, not a boolean: compare it with something`},
		{"{% if true %}{% endif %}", `line 1: unknown variable "true"`},
		{`{% if "success" == status %}{% endif %}`, `line 1: expected a variable, found "\"success\" == status"`},
		{"{% if status == environment %}{% endif %}", `line 1: expected a literal, found "environment"`},
		{"{% if status == %}{% endif %}", "line 1: expected a literal, found nothing"},
		{"{% if fork == = true %}{% endif %}", `line 1: expected a literal, found "= true"`},
		{"{% if fork = true %}{% endif %}", `line 1: expected the end, found "= true"`},
		{"{% if total_seconds > 5 %}{% endif %}", `line 1: variable "total_seconds" is a number, not a boolean: compare it with something`},
		{`{% if status == "%}" %}{% endif %}`, `line 1: expected a string that ends with a quotation mark, found "\""`},

		// Blocks.
		{"a\n{% if fork %}\n", `line 2: "if" without "endif"`},
		{"{% if fork %}\n{% if noop %}{% else %}", `line 2: "if" without "endif"`},
		{"\n{% else %}", `line 2: "else" without "if"`},
		{"{% endif %}", `line 1: "endif" without "if"`},
		{"{% if fork %}{% endif %}{% endif %}", `line 1: "endif" without "if"`},
		{"{% if fork %}{% endif %}{% else %}", `line 1: "else" without "if"`},
		{"{% if fork %}{% else %}\n{% else %}{% endif %}", `line 2: second "else" of the "if" on line 1`},
		{"{% if fork %}{% elif noop %}{% endif %}", `line 1: unknown tag "elif noop": there are if, else and endif`},
		{"{% if fork %}{% else if noop %}{% endif %}", `line 1: unknown tag "else if noop": there are if, else and endif`},
		{"{% for x in y %}", `line 1: unknown tag "for x in y": there are if, else and endif`},
		{"{% iffy %}", `line 1: unknown tag "iffy": there are if, else and endif`},
		{"{%- if fork -%}", `line 1: unknown tag "- if fork -": there are if, else and endif`},
		{"{%%}", `line 1: unknown tag "": there are if, else and endif`},

		// What is never shown is checked as well, and the first mistake is the one that is reported.
		{"{% if noop %}\n{{ foo }}{% endif %}", `line 2: unknown variable "foo"`},
		{"{% if fork %}{% else %}\n{{ ref | x }}{% endif %}", `line 2: expected the end, found "| x"`},
		{"{% if noop %}{% if status %}{% endif %}{% endif %}", `line 1: variable "status" is a string, not a boolean: compare it with something`},
		{"{% if noop %}\n{{{% endif %}", `line 2: "{{" is never closed`},
		{"{{ foo }}\n{{ bar }} {#", `line 1: unknown variable "foo"`},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			parsed, err := template.Parse(test.text)
			if test.want == "" {
				require.NoError(t, err, "%q", test.text)
				return
			}
			require.Error(t, err, "%q", test.text)
			assert.Equal(t, test.want, err.Error(), "%q", test.text)
			assert.Equal(t, template.Template{}, parsed)
		})
	}
}
