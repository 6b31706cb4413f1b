package template_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/template"
)

// filled returns values in which nothing is null, and no two are alike.
func filled() template.Values {
	return template.Values{
		Environment:          "production",
		Ref:                  "feature/ü",
		SHA:                  "0123456789abcdef0123456789abcdef01234567",
		EnvironmentURL:       new("https://example.com/?a=1&b=2"),
		Status:               "success",
		Noop:                 false,
		Fork:                 true,
		CommitVerified:       true,
		ApprovedReviewsCount: new(2),
		ReviewDecision:       new("APPROVED"),
		DeploymentID:         new(int64(9876543210)),
		Params:               new(`--name "x" <y>`),
		ParsedParams:         new(`{"name":"it's"}`),
		DeploymentEndTime:    "2026-01-31T08:09:10.123Z",
		Actor:                "octo-cat",
		Logs:                 "https://example.com/runs/1",
		TotalSeconds:         61,
		Results:              `<b title="&">'done'</b>`,
	}
}

func render(t *testing.T, text string, v template.Values) string {
	t.Helper()
	parsed, err := template.Parse(text)
	require.NoError(t, err, text)
	return parsed.Render(v)
}

func TestVariables(t *testing.T) {
	t.Parallel()
	null, hostile := filled(), filled()
	null.EnvironmentURL, null.ReviewDecision, null.Params, null.ParsedParams = nil, nil, nil, nil
	null.ApprovedReviewsCount, null.DeploymentID = nil, nil
	hostile.Ref = `&<>"'&lt;`
	tests := []struct {
		name, kind   string
		filled, null string
	}{
		{"environment", "string", "production", "production"},
		{"environment_url", "string or null", "https://example.com/?a=1&amp;b=2", ""},
		{"ref", "string", "feature/ü", "feature/ü"},
		{"sha", "string", "0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567"},
		{"noop", "boolean", "false", "false"},
		{"fork", "boolean", "true", "true"},
		{"commit_verified", "boolean", "true", "true"},
		{"approved_reviews_count", "number or null", "2", ""},
		{"review_decision", "string or null", "APPROVED", ""},
		{"params", "string or null", "--name &quot;x&quot; &lt;y&gt;", ""},
		{"parsed_params", "string or null", "{&quot;name&quot;:&quot;it&#39;s&quot;}", ""},
		{"status", "string", "success", "success"},
		{"deployment_id", "number or null", "9876543210", ""},
		{"deployment_end_time", "string", "2026-01-31T08:09:10.123Z", "2026-01-31T08:09:10.123Z"},
		{"total_seconds", "number", "61", "61"},
		{"actor", "string", "octo-cat", "octo-cat"},
		{"logs", "string", "https://example.com/runs/1", "https://example.com/runs/1"},
		{"results", "string", `<b title="&">'done'</b>`, `<b title="&">'done'</b>`},
	}
	listed := template.Variables()
	require.Len(t, listed, len(tests))
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.name, listed[i].Name)
			assert.Equal(t, test.kind, listed[i].Type)
			assert.Regexp(t, `^[A-Z].+\.$`, listed[i].Meaning)
			assert.Equal(t, test.filled, render(t, "{{ "+test.name+" }}", filled()))
			assert.Equal(t, test.null, render(t, "{{ "+test.name+" }}", null), test.name)
			isNull := strings.HasSuffix(test.kind, "or null")
			assert.Equal(t, fmt.Sprint(isNull), render(t, "{{ true if "+test.name+" == null else false }}", null), test.name)
			assert.Equal(t, "false", render(t, "{{ true if "+test.name+" == null else false }}", filled()), test.name)
		})
	}
	assert.Equal(t, "&amp;&lt;&gt;&quot;&#39;&amp;lt;", render(t, "{{ ref }}", hostile))
	assert.Empty(t, render(t, "{{ environment }}{{ results }}", template.Values{}))
}

// TestTypes holds the listed types to what the values turn out to be.
func TestTypes(t *testing.T) {
	t.Parallel()
	literals := map[string][]string{
		"boolean": {"true", "false"},
		"number":  {"61", "2", "9876543210"},
	}
	for _, one := range template.Variables() {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			kind := strings.TrimSuffix(one.Type, " or null")
			equal := 0
			for _, literal := range literals[kind] {
				if render(t, "{{ 1 if "+one.Name+" == "+literal+" else 0 }}", filled()) == "1" {
					equal++
				}
			}
			assert.Equal(t, kind != "string", equal == 1, one.Name)
			_, err := template.Parse("{% if " + one.Name + " %}{% endif %}")
			assert.Equal(t, kind == "boolean", err == nil, one.Name)
		})
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		// Variables and what surrounds them.
		{"", ""},
		{" \n ", " \n "},
		{"plain <b>&</b> 'text'\r\n", "plain <b>&</b> 'text'\r\n"},
		{"a {{ environment }} b", "a production b"},
		{"{{environment}}{{\tsha \n}}", "production0123456789abcdef0123456789abcdef01234567"},
		{"{{\u00a0environment\ufeff}}", "production"},
		{"}} %} #} } { % {", "}} %} #} } { % {"},
		{"{{ environment }}}", "production}"},
		{"{ {{ environment }} }", "{ production }"},
		{"{%if fork%}x{%endif%}", "x"},
		{"{% if fork %}\n  x\n{% endif %}\n", "\n  x\n\n"},
		// An opening delimiter that is never closed can lend its second half to one that is.
		{"{{% if fork %}x{% endif %}", "{x"},
		{"{% if fork %}{{% endif %}", "{"},

		// Choices.
		{`{{ "yes" if fork else "no" }}`, "yes"},
		{`{{ "yes" if noop else "no" }}`, "no"},
		{`{{"<b>&'\"" if fork else "no"}}`, `<b>&'"`},
		{`{{ "no" if noop else "<i>" }}`, "<i>"},
		{`{{ null if fork else "x" }}|{{ "x" if noop else null }}`, "|"},
		{`{{ true if fork else false }}{{ true if noop else false }}`, "truefalse"},
		{`{{ "a" if status == "x if y else z" else "b if c else d" }}`, "b if c else d"},
		{`{{ "a}" if fork else "b" }}`, "a}"},
		{`{{ "%}" if fork else "b" }}`, "%}"},
		{`{{ "{{" if fork else "{%" }}`, "{{"},
		{"{{ \"a\"\n if  fork\n else\t\"b\" }}", "a"},
		{"{{ \"a\" if \n fork else \"b\" }}", "a"},
		{`{{ "a" if fork==true else "b" }}`, "a"},
		{`{{ "a" if not noop else "b" }}`, "a"},
		{`{{ "\u00fc\n\/\ud83d\ude00" if fork else "" }}`, "ü\n/😀"},
		{`{{ "\ud800" if fork else "" }}`, "\ufffd"},

		// Numbers print as in JavaScript.
		{"{{ 1.5e1 if fork else 0 }}", "15"},
		{"{{ 1e21 if fork else 0 }}", "1e+21"},
		{"{{ 1E-7 if fork else 0 }}", "1e-7"},
		{"{{ 100000000000000000000 if fork else 0 }}", "100000000000000000000"},
		{"{{ -0 if fork else 1 }}", "0"},
		{"{{ -1.50 if fork else 1 }}", "-1.5"},
		{"{{ 1e999 if fork else 1 }}", "Infinity"},
		{"{{ -1e999 if fork else 1 }}", "-Infinity"},

		// Blocks.
		{"{% if fork %}a{% endif %}", "a"},
		{"{% if noop %}a{% endif %}b", "b"},
		{"{% if not fork %}a{% else %}b{% endif %}c", "bc"},
		{"{% if fork %}a{% else %}b{% endif %}c", "ac"},
		{"{% if fork %}{% else %}{% endif %}", ""},
		{"{% if\u0020 \n fork \n %}a{%\nendif\n%}", "a"},
		{"{% if not  noop %}a{% endif %}", "a"},
		{`{% if status == "}}" %}a{% else %}b{% endif %}`, "b"},
		{"{% if fork %}1{% if noop %}2{% else %}3{% endif %}4{% else %}5{% if fork %}6{% endif %}7{% endif %}8", "1348"},
		{"{% if noop %}1{% if noop %}2{% else %}3{% endif %}4{% else %}5{% if fork %}6{% endif %}7{% endif %}8", "5678"},
		{"{% if noop %}{{ ref }}{{ 1 if fork else 2 }}{% endif %}{% if fork %}a{% endif %}", "a"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, render(t, test.text, filled()), "%q", test.text)
		})
	}
}

// TestStrictness compares without any conversion, whichever way the operator is spelled.
func TestStrictness(t *testing.T) {
	t.Parallel()
	values := filled()
	values.Ref, values.Logs, values.Results, values.Actor, values.Params = "2", "true", "null", "", nil
	values.TotalSeconds = 0
	tests := []struct {
		variable, literal string
		equal             bool
	}{
		{"status", `"success"`, true},
		{"status", `"Success"`, false},
		{"status", `"success "`, false},
		{"status", `"s\u0075ccess"`, true},
		{"status", "true", false},
		{"ref", `"2"`, true},
		{"ref", "2", false},
		{"logs", "true", false},
		{"results", "null", false},
		{"actor", "null", false},
		{"actor", "false", false},
		{"actor", "0", false},
		{"actor", `""`, true},
		{"params", "null", true},
		{"params", `""`, false},
		{"params", "false", false},
		{"params", "0", false},
		{"noop", "false", true},
		{"noop", "true", false},
		{"noop", "null", false},
		{"noop", "0", false},
		{"noop", `"false"`, false},
		{"fork", "1", false},
		{"approved_reviews_count", "2", true},
		{"approved_reviews_count", "2.0", true},
		{"approved_reviews_count", "0.2E+1", true},
		{"approved_reviews_count", `"2"`, false},
		{"approved_reviews_count", "true", false},
		{"deployment_id", "9876543210", true},
		{"total_seconds", "-0", true},
		{"total_seconds", "0e9", true},
		{"total_seconds", "null", false},
		{"total_seconds", "false", false},
		{"total_seconds", "1e999", false},
	}
	for _, test := range tests {
		t.Run(test.variable+" "+test.literal, func(t *testing.T) {
			t.Parallel()
			for _, operator := range []string{"==", "===", "!=", "!=="} {
				want := fmt.Sprint(test.equal == (operator[0] == '='))
				for _, blanks := range []string{"", " ", "  \t"} {
					asked := test.variable + blanks + operator + blanks + test.literal
					assert.Equal(t, want, render(t, "{% if "+asked+" %}true{% else %}false{% endif %}", values), asked)
					assert.Equal(t, want, render(t, "{{ true if "+asked+" else false }}", values), asked)
				}
				asked := test.variable + "\n" + operator + "\u2028" + test.literal
				assert.Equal(t, want, render(t, "{% if "+asked+" %}true{% else %}false{% endif %}", values), asked)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"":                          true,
		" \r\n\t\u00a0\ufeff":       true,
		"\u0085":                    false,
		"x":                         false,
		"{{ results }}":             false,
		" {% if noop %}{% endif %}": false,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			parsed, err := template.Parse(text)
			require.NoError(t, err)
			assert.Equal(t, want, parsed.Empty(), "%q", text)
		})
	}
	assert.True(t, template.Template{}.Empty())
	assert.Empty(t, template.Template{}.Render(filled()))
}

// TestValuesAreNoTemplates looks for anything in a value that could change how the rest is filled in.
func TestValuesAreNoTemplates(t *testing.T) {
	t.Parallel()
	const text = "{% if fork %}{{ ref }}|{{ results }}|{% else %}{{ actor }}{% endif %}{{ params }}{{ 1 if fork else 2 }}"
	for _, hostile := range []string{
		"{{ sha }}", "{{ results }}", "{{", "}}", "{%", "%}", "{#", "{{{{", "{% endif %}", "{% else %}",
		"{% if noop %}", "{{ 1 if", "$1$&$`", "\\", "%s%d", "\x00",
	} {
		t.Run(hostile, func(t *testing.T) {
			t.Parallel()
			values := filled()
			values.Ref, values.Results, values.Params, values.Actor = hostile, hostile, &hostile, "never shown"
			escaped := strings.ReplaceAll(hostile, "&", "&amp;")
			assert.Equal(t, escaped+"|"+hostile+"|"+escaped+"1", render(t, text, values))
		})
	}
}

func TestDepth(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return strings.Repeat("{% if fork %}\n", depth) + "x" + strings.Repeat("{% else %}y{% endif %}", depth)
	}
	assert.Equal(t, strings.Repeat("\n", 100)+"x", render(t, nested(100), filled()))
	_, err := template.Parse(nested(101))
	require.EqualError(t, err, "line 101: blocks are nested deeper than 100")
	assert.Equal(t, strings.Repeat("x", 1000), render(t, strings.Repeat("{% if fork %}x{% endif %}", 1000), filled()))
}

func TestLength(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	values := filled()
	values.Results = strings.Repeat("x", 1<<16)
	values.Ref = strings.Repeat("€", 1<<16)
	values.Actor = strings.Repeat("<", 1<<16)
	many := func(text string) string { return render(t, strings.Repeat(text, 100), values) }
	assert.Equal(t, strings.Repeat("x", most), many("{{ results }}"))
	assert.Equal(t, strings.Repeat("&lt;", most/4), many("{{ actor }}"))
	assert.Equal(t, strings.Repeat("€", most/3), many("{{ ref }}"), "no half character")
	assert.Equal(t, strings.Repeat("€", most/3), render(t, strings.Repeat("{{ ref }}", 6)+"z", values), "nothing behind the cut")
	exact := strings.Repeat("y", most)
	assert.Equal(t, exact, render(t, exact, values))
	assert.Equal(t, exact, render(t, exact+"{{ fork }}z", values))
	assert.Equal(t, exact[1:]+"z", render(t, exact[1:]+"{{ 1 if noop else null }}z€", values))
	assert.Equal(t, exact[1:], render(t, exact[1:]+"€z", values))
}
