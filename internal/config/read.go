package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/similar"
)

// InputError is an input that could not be read.
type InputError struct {
	Input    string // "" where several are wrong together
	Value    string // "" when it must not be shown
	Accepted string // what is wrong and what is accepted, for people
}

// Error returns the input, the value and what is accepted, in one line.
func (e *InputError) Error() string {
	switch {
	case e.Input == "":
		return e.Accepted
	case e.Value == "":
		return fmt.Sprintf("input %q: %s", e.Input, e.Accepted)
	}
	return fmt.Sprintf("input %q has the value %q: %s", e.Input, e.Value, e.Accepted)
}

// Errors are the inputs that could not be read, as they are declared, and then those that contradict each other.
type Errors []*InputError

// ForLocks splits the errors: those that matter to who may remove or see which lock, and the others.
func (e Errors) ForLocks() (matter, others Errors) {
	inputs := []string{
		"mode", "merge_deploy_mode", "unlock_on_merge_mode", "unlock_on_close", "unlock_global_on_merge", "github_token",
		"permissions", "environment", "environment_targets", "stable_branch", "disable_lock", "lock_owner",
		"trigger", "noop_trigger", "lock_trigger", "unlock_trigger", "lock_info_alias", "help_trigger", "rollback_trigger", "status_trigger",
		"param_separator", "global_lock_flag", "disable_naked_commands",
	}
	for _, one := range e {
		if slices.Contains(inputs, one.Input) {
			matter = append(matter, one)
		} else {
			others = append(others, one)
		}
	}
	return matter, others
}

// Error returns every error on a line of its own.
func (e Errors) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines returns the text of each error.
func (e Errors) Lines() []string {
	var lines []string
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return lines
}

// Source returns the runner's inputs and environment variables.
type Source struct {
	Input  func(name string) string
	Getenv func(name string) string
}

// SourceOf returns a source of these inputs, with an empty environment.
func SourceOf(inputs map[string]string) Source {
	return Source{Input: func(name string) string { return inputs[name] }, Getenv: func(string) string { return "" }}
}

// Read reads every input, with those of the types of sinks. The error is of type Errors. With an error, the Config is
// filled as far as possible, because the caller still has to know what the event means.
func Read(source Source, types ...SinkType) (Config, error) {
	var errs Errors
	config := Config{single: map[string]*Sink{}}
	for _, one := range types {
		config.single[one.Name] = newSink(one)
	}
	inputs, values := Inputs(types...), map[string]string{}
	for _, input := range inputs {
		value, err := input.value(source)
		if err == nil {
			err = input.reader(source)(&config, value)
		}
		if err != nil {
			errs = append(errs, input.explain(value, err))
			continue
		}
		values[input.Name] = value
	}
	config.recordRollback()
	if config.Result.Mode {
		config.Status, values["mode"] = config.Result.Jobs.Status(), string(Finish)
	}
	config.yieldWords()
	errs = append(errs, config.conflicts()...)
	errs = append(errs, missingNeeds(inputs, values)...)
	errs = append(errs, config.sinkConflicts(types)...)
	config.Changed = changed(values)
	config.Mode = config.effectiveMode()
	config.gatherSinks(types)
	config.unused = unused(inputs, source, config.Secrets())
	if len(errs) > 0 {
		return config, errs
	}
	return config, nil
}

// missingNeeds finds inputs that are set without the one that they need. One with a value that is wrong says so itself.
func missingNeeds(inputs []Input, values map[string]string) Errors {
	var errs Errors
	for _, input := range inputs {
		given, needed := values[input.Name], input.needs
		found, readable := values[needed.input]
		if given == input.Default || given == "" || !readable || strings.EqualFold(found, needed.value) || needed.value == "" && found != "" {
			continue
		}
		errs = append(errs, &InputError{Input: input.Name, Accepted: "needs " + needed.String()})
	}
	return errs
}

func changed(values map[string]string) []Changed {
	var all []Changed
	for _, input := range DeploymentInputs() {
		value, readable := values[input.Name]
		if readable && value != input.Default && !input.hides(value) {
			all = append(all, Changed{input.Name, value})
		}
	}
	return all
}

// hides reports whether a value of the input must not be shown, because it may contain a secret.
func (i Input) hides(value string) bool { return i.Secret || i.sensitive || mayHoldSecret(value) }

func (i Input) reader(source Source) reader {
	if i.readWith != nil {
		return i.readWith(source.Getenv)
	}
	return i.read
}

// value returns the first of these that is set: the input under any of its spellings, the environment
// variable, the default. A canonical spelling with the default value counts as not set, because the runner
// fills in defaults. A default that is an expression can be evaluated by the runner only.
func (i Input) value(source Source) (string, error) {
	given, err := i.given(source)
	if err != nil || given != "" {
		return given, err
	}
	if i.allowEmpty && trim(source.Input(i.Name)) == "" {
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

// EmptyKey reports whether the key for Versioner's API is given and empty, by the variables in which the runner passes
// inputs: it fills in the default of an input that is not given.
func EmptyKey(variables []string, getenv func(string) string) bool {
	inputs := trackInputs()
	key := inputs[slices.IndexFunc(inputs, func(input Input) bool { return input.Name == "versioner_api_key" })]
	names := []string{key.Variable}
	for _, name := range key.Spellings() {
		names = append(names, "INPUT_"+strings.ToUpper(name))
	}
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(variables, name) && trim(getenv(name)) == "" })
}

// unused returns what is given for a secret under any of its names, without those that are known.
func unused(inputs []Input, source Source, known []string) []string {
	var all []string
	for _, input := range inputs {
		if !input.Secret {
			continue
		}
		given := []string{source.Getenv(input.Variable)}
		for _, name := range input.Spellings() {
			given = append(given, source.Input(name))
		}
		for _, value := range given {
			if value = trim(value); value != "" && value != input.Default && !slices.Contains(known, value) {
				all = append(all, value)
			}
		}
	}
	return all
}

func (i Input) given(source Source) (string, error) {
	var values, names []string
	for _, name := range i.Spellings() {
		value := trim(source.Input(name))
		if value == "" || (name == i.Name || i.Secret) && value == i.Default || slices.Contains(values, value) {
			continue
		}
		values, names = append(values, value), append(names, name)
	}
	if len(values) > 1 {
		return strings.Join(values, " and "), fmt.Errorf("%s are one input: set only one of them", strings.Join(names, " and "))
	}
	return strings.Join(values, ""), nil
}

// explain turns a reader's error into one that names the input, without values that may contain a secret.
func (i Input) explain(value string, err error) *InputError {
	if i.hides(value) {
		value = ""
	}
	return &InputError{Input: i.Name, Value: value, Accepted: err.Error()}
}

func mayHoldSecret(value string) bool { return secretAddress.MatchString(value) }

// secretAddress matches an address with a password or a query.
var secretAddress = regexp.MustCompile(`//[^/\s]*@|//\S*\?\S`)

// shown quotes a part of a value, unless it may contain a secret.
func shown(part string) string {
	if mayHoldSecret(part) {
		return "an entry"
	}
	return strconv.Quote(part)
}

// Typo is an unknown input.
type Typo struct {
	Given   string
	Nearest string // the known input that is most like it, "" for none
	Instead string // what is in effect in place of an input that branch-deploy no longer has, "" for other inputs
}

// Typos returns inputs that were probably meant to be others, and those that branch-deploy no longer has, by the
// variables in which the runner passes inputs. The runner itself warns about the other unknown ones.
func Typos(variables []string, types ...SinkType) []Typo {
	return slices.DeleteFunc(Unknown(variables, types...), func(t Typo) bool { return t.Nearest == "" && t.Instead == "" })
}

// former are inputs that branch-deploy once had, with what is in effect instead.
func former() map[string]string {
	return map[string]string{"prefix_only": "A command is always at the beginning of a comment."}
}

// Unknown returns all inputs that the action does not know.
func Unknown(variables []string, types ...SinkType) []Typo {
	var known []string
	for _, input := range Declared(types...) {
		known = append(known, input.Name)
	}
	var unknown []Typo
	for _, variable := range variables {
		name, isInput := strings.CutPrefix(variable, "INPUT_")
		name = strings.ToLower(name)
		if !isInput || slices.Contains(known, name) {
			continue
		}
		typo := Typo{Given: name, Instead: former()[name]}
		if typo.Instead == "" {
			typo.Nearest = similar.Nearest(name, known)
		}
		unknown = append(unknown, typo)
	}
	return unknown
}

// NotSupported returns inputs that branch-deploy has by now and that this version does not have. A workflow must not
// believe that they are in effect.
func NotSupported() []string { return nil }

// Unsupported returns an error for each input of these names that a workflow gives, by the variables in which the
// runner passes inputs.
func Unsupported(variables []string, names ...string) Errors {
	var errs Errors
	for _, name := range names {
		if slices.Contains(variables, "INPUT_"+strings.ToUpper(name)) {
			errs = append(errs, &InputError{Input: name, Accepted: "branch-deploy knows it, this version does not."})
		}
	}
	return errs
}
