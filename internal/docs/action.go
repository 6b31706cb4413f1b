package docs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// metadata is action.yml with the inputs and outputs that are declared.
func metadata(m *maker, text string) string {
	text = withSection(m, text, "inputs", declaredInputs())
	return withSection(m, text, "outputs", declaredOutputs())
}

// withSection replaces a top-level key and everything indented below it.
func withSection(m *maker, text, key, entries string) string {
	section := regexp.MustCompile(`(?m)^` + key + `:.*\n(?:(?: .*)?\n)*`)
	m.require(section.MatchString(text), "there is no section %s", key)
	return section.ReplaceAllLiteralString(text, key+":\n"+entries+"\n")
}

func declaredInputs() string {
	var b strings.Builder
	for _, input := range config.Declared(track.SinkTypes()...) {
		fmt.Fprintf(&b, "  %s:\n    description: %s\n    required: %t\n    default: %s\n",
			input.Name, strconv.Quote(input.Description), input.Required, strconv.Quote(input.Default))
	}
	return b.String()
}

func declaredOutputs() string {
	var b strings.Builder
	for _, output := range config.Outputs() {
		fmt.Fprintf(&b, "  %s:\n    description: %s\n", output.Name, strconv.Quote(output.Description))
	}
	return b.String()
}
