package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/js"
)

// InputError is an input that could not be read.
type InputError struct {
	Input    string
	Value    string // "" when it must not be shown
	Accepted string // what would have been accepted, for people
}

// Error names the input, the value and what is accepted.
func (e *InputError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("input %q: %s", e.Input, e.Accepted)
	}
	return fmt.Sprintf("input %q has the value %q: %s", e.Input, e.Value, e.Accepted)
}

// Errors are all inputs that could not be read, in the order of their declaration, and then those
// that contradict each other.
type Errors []*InputError

// Error lists every error on a line of its own.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Source is where values come from: the runner's inputs and its environment variables.
type Source struct {
	Input  func(name string) string
	Getenv func(name string) string
}

// Read reads every input. The error is of type Errors and holds all that is wrong at once;
// the Config is filled as far as the values could be read, so that a caller can still tell
// whether the event concerns it.
func Read(source Source) (Config, error) {
	var errs Errors
	config := Config{single: newSingleSinks()}
	for _, input := range Inputs() {
		value, err := input.value(source)
		if err == nil {
			err = input.reader(source)(&config, value)
		}
		if err != nil {
			errs = append(errs, input.explain(value, err))
		}
	}
	config.noteRollback()
	errs = append(errs, config.conflicts()...)
	config.Mode = config.effectiveMode()
	config.gatherSinks()
	if len(errs) > 0 {
		return config, errs
	}
	return config, nil
}

// reader is what reads the value.
func (i Input) reader(source Source) reader {
	if i.readWith != nil {
		return i.readWith(source.Getenv)
	}
	return i.read
}

// value finds what the workflow says, in this order: the input under any of its spellings, the
// environment variable, the default. The canonical spelling says nothing when it holds the
// default, because the runner fills that in. A default that is an expression is worth something
// to the runner only.
func (i Input) value(source Source) (string, error) {
	given, err := i.given(source)
	if err != nil || given != "" {
		return given, err
	}
	if i.blankIsValue && trim(source.Input(i.Name)) == "" {
		return "", nil
	}
	if i.Variable != "" {
		given = trim(source.Getenv(i.Variable))
	}
	if given == "" && !i.expression() {
		given = i.Default
	}
	return given, nil
}

// given finds the one value that the spellings of the input agree on, "" when none holds any.
func (i Input) given(source Source) (string, error) {
	var values, names []string
	for _, name := range i.Spellings() {
		value := trim(source.Input(name))
		if value == "" || (name == i.Name && value == i.Default) || slices.Contains(values, value) {
			continue
		}
		values, names = append(values, value), append(names, name)
	}
	if len(values) > 1 {
		return strings.Join(values, " and "), fmt.Errorf("%s are one input: set only one of them", strings.Join(names, " and "))
	}
	return strings.Join(values, ""), nil
}

// explain turns a reader's error into one that names the input; what may hold a secret is not
// repeated.
func (i Input) explain(value string, err error) *InputError {
	if i.Secret || i.unshown || mayHoldSecret(value) {
		value = ""
	}
	return &InputError{Input: i.Name, Value: value, Accepted: err.Error()}
}

// mayHoldSecret finds addresses with a password or a query in them, wherever they stand.
func mayHoldSecret(value string) bool {
	return regexp.MustCompile(`//[^/\s]*@|//\S*\?\S`).MatchString(value)
}

// shown repeats a part of a value, unless it may hold a secret.
func shown(part string) string {
	if mayHoldSecret(part) {
		return "an entry"
	}
	return strconv.Quote(part)
}

// The readers below each return what is accepted as their error.

type reader func(*Config, string) error

func text(field func(*Config) *string) reader {
	return func(c *Config, value string) error {
		*field(c) = value
		return nil
	}
}

func requiredText(field func(*Config) *string) reader {
	return func(c *Config, value string) error {
		if value == "" {
			return fmt.Errorf("must not be empty")
		}
		*field(c) = value
		return nil
	}
}

func entries(field func(*Config) *[]string) reader {
	return func(c *Config, value string) error {
		*field(c) = list(value)
		return nil
	}
}

// environments reads a comma list of environments, each of them once.
func environments(field func(*Config) *[]string) reader {
	return func(c *Config, value string) error {
		names := list(value)
		*field(c) = names
		return notRepeated(names)
	}
}

// notRepeated refuses a list that has an environment twice.
func notRepeated(names []string) error {
	first, second, found := envname.Repeated(names)
	switch {
	case !found:
		return nil
	case first == second:
		return fmt.Errorf("%s is in the list twice", shown(first))
	}
	return fmt.Errorf("%s and %s are the same environment: GitHub ignores case in names of environments", shown(first), shown(second))
}

func boolean(field func(*Config) *bool) reader {
	return func(c *Config, value string) error {
		switch value {
		case "true", "True", "TRUE":
			*field(c) = true
		case "false", "False", "FALSE":
			*field(c) = false
		default:
			return fmt.Errorf("must be true or false")
		}
		return nil
	}
}

// choice reads one word of a fixed set.
func choice[T ~string](field func(*Config) *T, words ...T) reader {
	return func(c *Config, value string) error {
		if !slices.Contains(words, T(value)) {
			return mustBe(words...)
		}
		*field(c) = T(value)
		return nil
	}
}

// mustBe is the error on a value that is none of the words.
func mustBe[T ~string](words ...T) error {
	last := len(words) - 1
	return fmt.Errorf("must be %s or %s", wordList(words[:last]), cmp.Or(words[last], "empty"))
}

func wordList[T ~string](words []T) string {
	shown := make([]string, len(words))
	for i, word := range words {
		shown[i] = cmp.Or(string(word), "empty")
	}
	return strings.Join(shown, ", ")
}

// readEnvironmentURLs reads pairs of environment and URL, "production|https://example.com,…".
func readEnvironmentURLs(c *Config, value string) error {
	c.EnvironmentURLs = map[string]string{}
	if value == "null" || value == "undefined" {
		return nil
	}
	var names []string
	for _, entry := range list(value) {
		environment, rest, found := strings.Cut(entry, "|")
		address, _, _ := strings.Cut(rest, "|")
		environment, address = trim(environment), trim(address)
		switch {
		case !found, environment == "":
			return fmt.Errorf("%s is not an environment|URL pair", shown(entry))
		case address == "disabled":
			address = ""
		case !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://"):
			return fmt.Errorf("the URL of %s must start with https:// or http://, or be the word disabled", shown(environment))
		case strings.ContainsFunc(address, unicode.IsControl):
			return fmt.Errorf("the URL of %s contains a control character", shown(environment))
		}
		c.EnvironmentURLs[environment] = address
		names = append(names, environment)
	}
	return notRepeated(names)
}

func readRequiredContexts(c *Config, value string) error {
	if value != "false" {
		c.RequiredContexts = list(value)
	}
	return nil
}

// readStatus takes an empty value for a status that is not known yet: a workflow can hand over the
// outcome of a step that runs after this one, and main reads its inputs before that.
func readStatus(c *Config, value string) error {
	if value == "" {
		return nil
	}
	status, known := ParseStatus(value)
	if !known {
		return fmt.Errorf("must be one of %s", statusWords())
	}
	c.Status = status
	c.rolledBack = isRollback(value)
	return nil
}

// readJobStatus takes what is no state for unknown: the runner fills it in.
func readJobStatus(c *Config, value string) error {
	c.Track.JobStatus, _ = ParseStatus(value)
	return nil
}

func readFailOnError(c *Config, value string) error {
	switch strings.ToLower(value) {
	case "true", "yes", "on", "1":
		c.Versioner.FailOnError = FailStart
	case "false", "no", "off", "0":
		c.Versioner.FailOnError = FailNever
	case "always":
		c.Versioner.FailOnError = FailAlways
	default:
		return fmt.Errorf("must be true, false or always")
	}
	return nil
}

func readDeploymentID(c *Config, value string) error {
	if value == "" {
		return nil
	}
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil || id <= 0 {
		return fmt.Errorf("must be the ID of a GitHub deployment")
	}
	c.Track.DeploymentID = id
	return nil
}

func trim(value string) string { return js.Trim(value) }
