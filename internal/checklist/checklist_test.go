package checklist

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// checked is a list without anything open.
func checked(boxes int) List { return List{Found: true, Boxes: boxes} }

func open(boxes int, texts ...string) List { return List{Found: true, Boxes: boxes, Open: texts} }

func TestReadItems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text     string // under the heading
		expected List
	}{
		"nothing":                    {"", checked(0)},
		"words":                      {"Nothing to do.", checked(0)},
		"ticked":                     {"- [x] a\n- [X] b", checked(2)},
		"open":                       {"- [x] a\n- [ ] b\n- [ ] c", open(3, "b", "c")},
		"signs":                      {"* [ ] a\n+ [ ] b\n- [ ] c\n1. [ ] d\n2) [ ] e\n123456789. [ ] f", open(6, "a", "b", "c", "d", "e", "f")},
		"zero first":                 {"0. [ ] a\n01) [ ] b", open(2, "a", "b")},
		"number too long":            {"1234567890. [ ] a", checked(0)},
		"no item":                    {"[ ] a\n\na - [ ] b", checked(0)},
		"plain items":                {"- a\n- b", checked(0)},
		"other marks":                {"- [-] a\n- [y] b\n- [ x] c\n- [xx] d", checked(0)},
		"nested":                     {"- [x] a\n  - [ ] b\n    1. [ ] c\n- [x] d", open(4, "b", "c")},
		"nested, four blanks":        {"- [x] a\n\n    - [ ] b", open(2, "b")},
		"nested, a tab":              {"- [x] a\n\t- [ ] b\n\n\t- [ ] c", open(3, "b", "c")},
		"nested in a plain item":     {"- a\n  - [ ] b", open(1, "b")},
		"nested in a line":           {"- - [ ] a\n- 1. [x] b", open(2, "a")},
		"a tab":                      {"-\t[ ] a\n1.\t[x] b", open(2, "a")},
		"far from the marker":        {"-       [ ] a", open(1, "a")},
		"without a blank":            {"-[ ] a", checked(0)},
		"below its marker":           {"-\n  [ ] a", open(1, "a")},
		"behind an empty item":       {"-\n\n  [ ] a", checked(0)},
		"more lines":                 {"- [ ] a\n  b\nc\n\n  d", open(1, "a b c")},
		"in a quote":                 {"> - [ ] a\n> - [x] b", open(2, "a")},
		"in a note":                  {"> [!NOTE]\n> - [ ] a", open(1, "a")},
		"in quotes":                  {">> * [ ] a\n> > > - [ ] b", open(2, "a", "b")},
		"in a quote in an item":      {"- > - [ ] a", open(1, "a")},
		"after words":                {"Before:\n- [ ] a", open(1, "a")},
		"number after words":         {"Before:\n2. [ ] a\n3. [x] b", open(2, "a")},
		"indented after words":       {"Before:\n    - [ ] a", open(1, "a")},
		"indented in an item":        {"- [x] a\n      - [ ] b", open(2, "b")},
		"deep":                       {strings.Repeat("> ", 200) + "- [ ] a", open(1, "a")},
		"deep, second line":          {strings.Repeat("- ", 200) + "b\n- [ ] a", open(1, "a")},
		"carriage returns":           {"- [x] a\r\n- [ ] b\r- [ ] c", open(3, "b", "c")},
		"no text":                    {"- [ ]\n- [ ] \n- [x]", open(3, "", "")},
		"no blank inside":            {"- [] a", open(1, "a")},
		"blanks inside":              {"- [  ] a\n- [\t] b\n- [\u00a0] c\n- [\u200b] d", open(4, "a", "b", "c", "d")},
		"no blank behind":            {"- [ ]a\n- [x]b", open(2, "a")},
		"links":                      {"- [x](https://example.com)\n- [ ](https://example.com)\n- [x][1]\n- [x]: a", checked(0)},
		"two boxes":                  {"- [ ][ ] a\n- [x] [ ] b", open(2, "[ ] a")},
		"escaped":                    {`- \[ ] a`, checked(0)},
		"struck out":                 {"- [ ] ~~a~~\n- [ ] ~~a b\n  c~~", checked(2)},
		"struck out in part":         {"- [ ] ~~a~~ b\n- [ ] a ~~b~~\n- [ ] ~~a~~ b ~~c~~\n- [ ] ~~a~~\n  b", open(4, "~~a~~ b", "a ~~b~~", "~~a~~ b ~~c~~", "~~a~~ b")},
		"not struck out":             {"- [ ] ~~ a ~~\n- [ ] ~~~~\n- [ ] ~~\n- [ ] ~~a\\~~\n- [ ] `~~a~~`", open(5, "~~ a ~~", "~~~~", "~~", `~~a\~~`, "`~~a~~`")},
		"not applicable":             {"- [ ] a (N/A)\n- [ ] (n/a) b", checked(2)},
		"optional":                   {"- [ ] a (optional)\n- [ ] (Optional): b\n- [ ] c (OPTIONAL) d", checked(3)},
		"optional in other words":    {"- [ ] optional\n- [ ] N/A\n- [ ] a (not optional)", open(3, "optional", "N/A", "a (not optional)")},
		"optional in code":           {"- [ ] a `(optional)`\n- [ ] b ``` (n/a) ` ```", open(2, "a `(optional)`", "b ``` (n/a) ` ```")},
		"optional in a comment":      {"- [ ] a <!-- (optional) -->\n- [ ] b <!-- \n  (n/a)\n  -->", open(2, "a", "b")},
		"optional, code without end": {"- [ ] a ` (optional)", checked(1)},
		"optional of another item":   {"- [ ] a\n- [ ] b (optional)\n\n  c\n- [ ] (optional)\n  - [ ] d", open(4, "a", "d")},
		"optional below an item":     {"- [ ] a\n\n  (optional)", open(1, "a")},
		"long":                       {"- [ ] " + strings.Repeat("é", 300), open(1, strings.Repeat("é", 200)+"…")},

		"fence":                      {"```\n- [ ] a\n```\n- [ ] b", open(1, "b")},
		"fence with a language":      {"~~~md\n- [ ] a\n~~~\n- [ ] b", open(1, "b")},
		"longer fence":               {"````\n```\n- [ ] a\n```\n`````\n- [ ] b", open(1, "b")},
		"fence of the other kind":    {"```\n~~~\n- [ ] a\n```\n- [ ] b", open(1, "b")},
		"fence that does not end":    {"```\n- [ ] a", checked(0)},
		"fence with text at the end": {"```\n- [ ] a\n``` b\n- [ ] c", checked(0)},
		"fence ends indented":        {"```\n- [ ] a\n   ```  \n- [ ] b", open(1, "b")},
		"fence does not end in code": {"```\n    ```\n- [ ] b", checked(0)},
		"no fence":                   {"``` a ` b\n- [ ] c\n```", open(1, "c")},
		"two signs":                  {"``\n- [ ] a\n``", open(1, "a ``")},
		"fence in an item":           {"- [x] a\n  ```\n  - [ ] b\n- [ ] c", open(2, "c")},
		"fence in an item, blank":    {"- [x] a\n  ```\n\n  - [ ] b\n  ```\n  - [ ] c", open(2, "c")},
		"fence in a quote":           {"> ```\n> - [ ] a\n\n- [ ] b", open(1, "b")},
		"indented code":              {"Words.\n\n    - [ ] a\n\n\t- [ ] b\n\n- [ ] c", open(1, "c")},
		"indented code in an item":   {"- [x] a\n\n      - [ ] b\n\n  - [ ] c", open(2, "c")},
		"code in a line":             {"`- [ ] a`", checked(0)},
		"code over lines":            {"`a\n- [ ] b`", open(1, "b`")},

		"comment":                   {"<!-- - [ ] a -->\n- [ ] b", open(1, "b")},
		"comment over lines":        {"<!--\n- [ ] a\n\n- [ ] b\n-->\n- [ ] c", open(1, "c")},
		"comment without an end":    {"- [x] a\n\n<!--\n- [ ] b\n\n# c\n- [ ] d", checked(1)},
		"comment in an item":        {"- [x] a\n  <!--\n- [ ] b", open(2, "b")},
		"comment before an item":    {"<!-- a --> - [ ] b", open(1, "b")},
		"comment before a box":      {"- <!-- a --> [ ] b", open(1, "b")},
		"comment behind the box":    {"- [ ] <!-- a --> b <!-- c -->", open(1, "b")},
		"comment at the end":        {"<!--\n- [ ] a\n--> - [ ] b\n- [ ] c", open(2, "b", "c")},
		"comment in words":          {"a <!-- b\n- [ ] c\n-->", open(1, "c -->")},
		"comments without text":     {"<!-->\n- [ ] a\n\n<!--->\n- [ ] b", open(2, "a", "b")},
		"comment in code":           {"`<!--`\n- [ ] a", open(1, "a")},
		"comment in an item's code": {"- [ ] a `<!--` b `-->`", open(1, "a `<!--` b `-->`")},
		"comment in a fence":        {"```\n<!--\n```\n- [ ] a", open(1, "a")},
		"details":                   {"<details>\n<summary>a</summary>\n\n- [ ] b\n\n</details>", open(1, "b")},
		"details without blanks":    {"<details>\n- [ ] a\n- [x] b\n</details>", open(2, "a")},
		"details with a comment":    {"<details>\n<!--\n\n- [ ] a\n\n-->\n</details>\n\n- [ ] b", open(1, "b")},
		"html in an item":           {"- <b>\n  - [ ] a\n- [ ] b", open(2, "a", "b")},
		"pre":                       {"<pre>\n\n- [ ] a\n</pre>\n- [ ] b", open(2, "a", "b")},
		"processing instruction":    {"<?a\n\n# b\n?>\n- [ ] c", open(1, "c")},
		"declaration":               {"<!A\n# b\n>\n- [ ] c", open(1, "c")},
		"character data":            {"<![CDATA[\n# b\n]]>\n- [ ] c", open(1, "c")},

		"next heading":             {"- [x] a\n## b\n- [ ] c", checked(1)},
		"higher heading":           {"- [x] a\n# b\n- [ ] c", checked(1)},
		"lower heading":            {"- [x] a\n### b\n- [ ] c", open(2, "c")},
		"heading without text":     {"- [x] a\n##\n- [ ] b", checked(1)},
		"heading without a blank":  {"- [x] a\n\n##b\n- [ ] c", open(2, "c")},
		"heading too low":          {"####### a\n- [ ] b", open(1, "b")},
		"heading in code":          {"```\n## a\n```\n- [ ] b", open(1, "b")},
		"heading in indented code": {"    ## a\n\n- [ ] b", open(1, "b")},
		"heading in a comment":     {"<!--\n## a\n-->\n- [ ] b", open(1, "b")},
		"heading in html":          {"<div>\n## a\n</div>\n\n- [ ] b", open(1, "b")},
		"heading in words":         {"a\n    ## b\n- [ ] c", open(1, "c")},
		"heading in a quote":       {"> ## a\n\n- [ ] b", open(1, "b")},
		"heading in an item":       {"- # a\n- [ ] b", open(1, "b")},
		"line below, level 1":      {"- [x] a\n\nb\n===\n- [ ] c", checked(1)},
		"line below, level 2":      {"- [x] a\n\nb\nc\n-\n- [ ] d", checked(1)},
		"line below an item":       {"- [x] a\n---\n- [ ] b", open(2, "b")},
		"line below in an item":    {"- [ ] a\n  ---\n- [ ] b", open(2, "a", "b")},
		"line below a quote":       {"> a\n===\n- [ ] b", open(1, "b")},
		"line across":              {"- [x] a\n\n---\n***\n- - -\n- [ ] b", open(2, "b")},
		"line below, same text":    {"- [x] a\n\nDeployment\n---\n- [ ] b", open(2, "b")},
		"the heading again":        {"- [x] a\n## Other\n- [ ] b\n# Deployment\n- [ ] c\n## d\n- [ ] e", open(3, "c", "e")},
		"the heading below itself": {"- [x] a\n### Deployment\n- [ ] b\n### c\n- [ ] d", open(3, "b", "d")},
		"the heading in a quote":   {"> # Deployment\n> - [ ] a\n\n## b\n- [ ] c", open(1, "a")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.expected, Read("- [ ] before\n## Deployment\n"+test.text, "Deployment"))
			assert.Equal(t, test.expected, Read(strings.ReplaceAll("- [ ] before\n\n## Deployment\n"+test.text, "\n", "\r\n"), "deployment:"))
		})
	}
}

func TestReadHeading(t *testing.T) {
	t.Parallel()
	const box = "\n- [ ] a\n"
	for name, test := range map[string]struct {
		body, heading string
		found         bool
	}{
		"as it is":                 {"# Deployment", "Deployment", true},
		"lowest":                   {"###### Deployment", "Deployment", true},
		"too low":                  {"####### Deployment", "Deployment", false},
		"case":                     {"# DEPLOYMENT", "deployment", true},
		"colon":                    {"# Deployment:", "Deployment", true},
		"colon of the rule":        {"# Deployment", "Deployment :", true},
		"closing signs":            {"## Deployment ####  ", "Deployment", true},
		"signs that do not close":  {"## Deployment##", "Deployment", false},
		"indented":                 {"   # Deployment", "Deployment", true},
		"code":                     {"    # Deployment", "Deployment", false},
		"blanks":                   {"#  Before \t Deployment  ", "before  deployment", true},
		"no blank":                 {"#Deployment", "Deployment", false},
		"blank of another kind":    {"#\u00a0Deployment", "Deployment", false},
		"tab":                      {"#\tDeployment", "Deployment", true},
		"bold":                     {"# **Deployment**", "Deployment", true},
		"bold with the colon":      {"# __Deployment:__", "Deployment", true},
		"code in a line":           {"# `Deployment`", "Deployment", true},
		"markup of the rule":       {"# after_deploy", "`after_deploy`", true},
		"link":                     {"# [Deployment](https://example.com)", "Deployment", true},
		"tag":                      {"# <a name=\"d\"></a>Deployment", "Deployment", true},
		"comment behind":           {"# Deployment <!-- keep -->", "Deployment", true},
		"comment around":           {"# <!-- Deployment -->", "Deployment", false},
		"invisible characters":     {"# De\u200bploy\u00adment\ufe0f", "Deployment", true},
		"byte order mark":          {"\ufeff# Deployment", "Deployment", true},
		"invisible before":         {"a\n\n\u200b# Deployment", "Deployment", false},
		"entities":                 {"# Q&amp;A &#x44;eploy&#8203;ment", "q&a deployment", true},
		"looks the same":           {"# D\u0435ployment", "Deployment", false},
		"more words":               {"# Deployment steps", "Deployment", false},
		"no heading":               {"Deployment", "Deployment", false},
		"line below":               {"Deployment\n---", "Deployment", false},
		"in a comment":             {"<!--\n# Deployment\n-->", "Deployment", false},
		"behind an open comment":   {"<!-- a\n\n# Deployment", "Deployment", false},
		"behind an open fence":     {"~~~\n# Deployment", "Deployment", false},
		"at the end of a comment":  {"<!--\n--> # Deployment", "Deployment", false},
		"in a fence":               {"```\n# Deployment\n```", "Deployment", false},
		"in html":                  {"<details>\n# Deployment\n</details>\n", "Deployment", false},
		"in html behind a blank":   {"<details>\n\n# Deployment\n\n</details>\n", "Deployment", true},
		"behind an image":          {"<img src=\"a\">\n# Deployment", "Deployment", false},
		"behind words with a tag":  {"<b>a</b> c\n# Deployment", "Deployment", true},
		"tag behind words":         {"a\n<b>\n# Deployment", "Deployment", true},
		"behind words":             {"a\n# Deployment", "Deployment", true},
		"behind a comment":         {"<!-- a -->\n# Deployment", "Deployment", true},
		"behind a comment in html": {"<div><!--\n\n# Deployment", "Deployment", false},
		"in a quote":               {"> # Deployment", "Deployment", true},
		"in an item":               {"1. # Deployment", "Deployment", true},
		"nothing to search for":    {"#\n# :\n# **", "", false},
		"markup to search for":     {"#\n# :\n# **", "**:**", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expected := List{}
			if test.found {
				expected = open(1, "a")
			}
			assert.Equal(t, expected, Read(test.body+box, test.heading))
		})
	}
}
