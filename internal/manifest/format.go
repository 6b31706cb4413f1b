package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// largestOutput is how much of a manifest a workflow gets as an output, in bytes: longer ones do not fit into a variable of the environment.
const largestOutput = 100 << 10

// Output returns the manifest as one line of JSON, without the oldest releases where it would be too long.
func (m Manifest) Output() string {
	for {
		text, _ := js.Stringify(m) // cannot fail: texts and numbers
		if len(text) <= largestOutput || len(m.Releases) == 0 {
			return text
		}
		m = m.without(max(1, len(m.Releases)/10))
	}
}

func (m Manifest) without(oldest int) Manifest {
	m.Releases, m.LeftOut = m.Releases[:len(m.Releases)-oldest], m.LeftOut+oldest
	return m
}

// Format returns the manifest in the format that the name of a file asks for: YAML or JSON.
func (m Manifest) Format(file string) []byte {
	text, _ := js.Stringify(m) // cannot fail: texts and numbers
	if strings.EqualFold(path.Ext(file), ".json") {
		var pretty bytes.Buffer
		_ = json.Indent(&pretty, []byte(text), "", "  ") // cannot fail: it is JSON
		return append(pretty.Bytes(), '\n')
	}
	return []byte(asYAML(json.NewDecoder(strings.NewReader(text))))
}

// asYAML writes JSON as YAML in block style. A text stays quoted as in JSON, which means the same in YAML: nothing that
// someone has chosen is taken for a number, a date, an alias or the beginning of something else.
func asYAML(values *json.Decoder) string {
	var b strings.Builder
	writeValue(&b, values, "")
	return strings.TrimPrefix(b.String(), "\n")
}

func writeValue(b *strings.Builder, values *json.Decoder, indent string) {
	token, _ := values.Token() // cannot fail: it is JSON
	delimiter, opens := token.(json.Delim)
	switch {
	case !opens:
		text, _ := js.Stringify(token)
		b.WriteString(" " + printable(text) + "\n")
		return
	case !values.More():
		b.WriteString(" " + map[json.Delim]string{'[': "[]", '{': "{}"}[delimiter] + "\n")
	default:
		b.WriteString("\n")
	}
	for values.More() {
		b.WriteString(indent)
		if delimiter == '{' {
			key, _ := values.Token()
			name, _ := key.(string)
			b.WriteString(name + ":")
			writeValue(b, values, indent+"  ")
			continue
		}
		var element strings.Builder
		writeValue(&element, values, indent+"  ")
		b.WriteString("- " + strings.TrimLeft(element.String(), "\n "))
	}
	_, _ = values.Token()
}

// printable escapes what YAML takes for no character, or for the end of a line, and JSON leaves as it is.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029', r == '\ufeff', r == 0xfffe, r == 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
