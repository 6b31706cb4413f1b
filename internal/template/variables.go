package template

import (
	"strconv"

	"github.com/lockstep-action/lockstep/internal/js"
)

// Values are the values of a template's variables. A nil pointer is null.
type Values struct {
	Environment, Ref, SHA string
	EnvironmentURL        *string

	Status                     string
	Noop, Fork, CommitVerified bool

	ApprovedReviewsCount *int
	ReviewDecision       *string
	DeploymentID         *int64
	Params, ParsedParams *string

	DeploymentEndTime string
	Actor, Logs       string
	TotalSeconds      int
	Results           string // inserted as it is; everything else is escaped
}

// Variable is a variable that templates can use.
type Variable struct {
	Name    string
	Type    string // boolean, number, number or null, string, string or null
	Meaning string // one sentence of Markdown
}

// Variables returns every variable, in the order in which documentation shows them.
func Variables() []Variable {
	all := make([]Variable, len(variables))
	for i, one := range variables {
		all[i] = one.Variable
	}
	return all
}

type variable struct {
	Variable
	read func(Values) value
	raw  bool // inserted without escapes
}

const (
	booleanType      = "boolean"
	numberType       = "number"
	numberOrNullType = "number or null"
	stringType       = "string"
	stringOrNullType = "string or null"
)

//nolint:gochecknoglobals // a table
var variables = []variable{
	{Variable{"environment", stringType, "The environment."}, func(v Values) value { return v.Environment }, false},
	{Variable{"environment_url", stringOrNullType, "URL of the environment."}, func(v Values) value { return nullable(v.EnvironmentURL) }, false},
	{Variable{"ref", stringType, "The branch, or the commit."}, func(v Values) value { return v.Ref }, false},
	{Variable{"sha", stringType, "The commit."}, func(v Values) value { return v.SHA }, false},
	{Variable{"noop", booleanType, "True for a rehearsal."}, func(v Values) value { return v.Noop }, false},
	{Variable{"fork", booleanType, "True for a commit from a fork."}, func(v Values) value { return v.Fork }, false},
	{Variable{"commit_verified", booleanType, "True if GitHub verified the signature."}, func(v Values) value { return v.CommitVerified }, false},
	{Variable{"approved_reviews_count", numberOrNullType, "Approving reviews."}, func(v Values) value { return nullableNumber(v.ApprovedReviewsCount) }, false},
	{Variable{"review_decision", stringOrNullType, "GitHub's decision, such as `APPROVED`."}, func(v Values) value { return nullable(v.ReviewDecision) }, false},
	{Variable{"params", stringOrNullType, "The parameters, as typed."}, func(v Values) value { return nullable(v.Params) }, false},
	{Variable{"parsed_params", stringOrNullType, "The parameters as JSON."}, func(v Values) value { return nullable(v.ParsedParams) }, false},
	{Variable{"status", stringType, "Outcome: `success`, `failure` or `cancelled`."}, func(v Values) value { return v.Status }, false},
	{Variable{"deployment_id", numberOrNullType, "GitHub's ID; null for a rehearsal."}, func(v Values) value { return nullableNumber(v.DeploymentID) }, false},
	{Variable{"deployment_end_time", stringType, "When it ended, in UTC."}, func(v Values) value { return v.DeploymentEndTime }, false},
	{Variable{"total_seconds", numberType, "Duration in seconds."}, func(v Values) value { return float64(v.TotalSeconds) }, false},
	{Variable{"actor", stringType, "The actor."}, func(v Values) value { return v.Actor }, false},
	{Variable{"logs", stringType, "URL of the workflow run."}, func(v Values) value { return v.Logs }, false},
	{Variable{"results", stringType, "The variable `DEPLOY_MESSAGE`, not escaped."}, func(v Values) value { return v.Results }, true},
}

// value is nil for null, a bool, a float64 or a string: == compares them as === does in JavaScript.
type value any

func show(v value) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return js.Number(v)
	case string:
		return v
	}
	return ""
}

func nullable(text *string) value {
	if text == nil {
		return nil
	}
	return *text
}

func nullableNumber[N int | int64](number *N) value {
	if number == nil {
		return nil
	}
	return float64(*number)
}
