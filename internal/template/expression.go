package template

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// condition asks whether a variable has a value.
type condition struct {
	variable variable
	want     value
	differs  bool // asks for any other value
}

func (c condition) holds(v Values) bool {
	return (c.variable.read(v) == c.want) != c.differs
}

// insertion reads what stands for the value of a variable.
func (r *reader) insertion() (insertion, error) {
	found, err := r.variable()
	if err != nil {
		return insertion{}, err
	}
	r.blanks()
	if r.keyword("if") {
		return insertion{}, fmt.Errorf("only literals can be chosen from, and %q is none", found.Name)
	}
	return insertion(found), r.end()
}

// choice reads `literal if condition else literal`.
func (r *reader) choice() (choice, error) {
	yes, err := r.literal()
	if err != nil {
		return choice{}, err
	}
	if r.blanks() == "" || !r.keyword("if") {
		return choice{}, fmt.Errorf(`expected " if " behind the literal, found %s`, r.found())
	}
	asked, err := r.conditionOfChoice()
	if err != nil {
		return choice{}, err
	}
	no, err := r.literal()
	if err != nil {
		return choice{}, err
	}
	return choice{condition: asked, yes: show(yes), no: show(no)}, r.end()
}

// conditionOfChoice reads a condition and the `else` behind it.
func (r *reader) conditionOfChoice() (condition, error) {
	if err := r.space("if"); err != nil {
		return condition{}, err
	}
	from := r.rest
	asked, err := r.condition()
	if err != nil {
		return condition{}, err
	}
	if strings.ContainsFunc(from[:len(from)-len(r.rest)], js.IsLineTerminator) {
		return condition{}, errors.New("the condition of a choice must stand on one line")
	}
	if r.blanks() == "" || !r.keyword("else") || r.blanks() == "" {
		return condition{}, fmt.Errorf(`expected " else " and a literal behind the condition, found %s`, r.found())
	}
	return asked, nil
}

// condition reads `name`, `not name` or a comparison, but not the white space behind it.
func (r *reader) condition() (condition, error) {
	if r.keyword("not") {
		return r.negation()
	}
	found, err := r.variable()
	if err != nil {
		return condition{}, err
	}
	behind := r.rest
	r.blanks()
	if operator := r.operator(); operator != "" {
		r.blanks()
		want, err := r.literal()
		return condition{variable: found, want: want, differs: operator[0] == '!'}, err
	}
	r.rest = behind
	return condition{variable: found, want: true}, mustBeBoolean(found)
}

// negation reads the name behind `not`.
func (r *reader) negation() (condition, error) {
	if err := r.space("not"); err != nil {
		return condition{}, err
	}
	found, err := r.variable()
	if err != nil {
		return condition{}, err
	}
	return condition{variable: found, want: true, differs: true}, mustBeBoolean(found)
}

func mustBeBoolean(v variable) error {
	if v.Type != booleanType {
		return fmt.Errorf("variable %q is a %s, no boolean: compare it with something", v.Name, v.Type)
	}
	return nil
}

// operator reads what compares, and returns nothing when none comes next. All of them are strict.
func (r *reader) operator() string {
	for _, operator := range []string{"===", "!==", "==", "!="} {
		if r.take(operator) {
			return operator
		}
	}
	return ""
}

// variable reads the name of a variable.
func (r *reader) variable() (variable, error) {
	name := r.word()
	if name == "" {
		return variable{}, fmt.Errorf("expected a variable, found %s", r.found())
	}
	found, known := r.variables[name]
	if !known {
		return variable{}, fmt.Errorf("unknown variable %s", excerpt(name))
	}
	return found, nil
}
