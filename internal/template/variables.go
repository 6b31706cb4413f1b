package template

// Values holds what a template's variables stand for. A nil pointer is null.
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

// Variables lists every variable, in the order in which documentation shows them.
func Variables() []Variable {
	known := variables()
	all := make([]Variable, len(known))
	for i, one := range known {
		all[i] = one.Variable
	}
	return all
}

// variable is a variable with its way into the values.
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

func variablesByName() map[string]variable {
	byName := map[string]variable{}
	for _, one := range variables() {
		byName[one.Name] = one
	}
	return byName
}

func variables() []variable {
	return append(targetVariables(), outcomeVariables()...)
}

// targetVariables are about what is deployed.
func targetVariables() []variable {
	return []variable{
		entry("environment", stringType, "The environment.",
			func(v Values) value { return v.Environment }),
		entry("environment_url", stringOrNullType, "Where the environment can be seen.",
			func(v Values) value { return nullable(v.EnvironmentURL) }),
		entry("ref", stringType, "The branch or commit that was asked for.",
			func(v Values) value { return v.Ref }),
		entry("sha", stringType, "The commit.",
			func(v Values) value { return v.SHA }),
		entry("noop", booleanType, "Whether it was a rehearsal.",
			func(v Values) value { return v.Noop }),
		entry("fork", booleanType, "Whether the commit comes from a fork.",
			func(v Values) value { return v.Fork }),
		entry("commit_verified", booleanType, "Whether GitHub verified the signature of the commit.",
			func(v Values) value { return v.CommitVerified }),
		entry("approved_reviews_count", numberOrNullType, "How many reviews approve the pull request, null when nobody looked.",
			func(v Values) value { return nullableNumber(v.ApprovedReviewsCount) }),
		entry("review_decision", stringOrNullType, "What the reviews add up to in GitHub's words, such as `APPROVED`.",
			func(v Values) value { return nullable(v.ReviewDecision) }),
		entry("params", stringOrNullType, "The parameters of the command, as typed.",
			func(v Values) value { return nullable(v.Params) }),
		entry("parsed_params", stringOrNullType, "The parameters as JSON.",
			func(v Values) value { return nullable(v.ParsedParams) }),
	}
}

// outcomeVariables are about how it went.
func outcomeVariables() []variable {
	results := entry("results", stringType, "What the workflow put in the variable `DEPLOY_MESSAGE`, the only value that is not escaped.",
		func(v Values) value { return v.Results })
	results.raw = true
	return []variable{
		entry("status", stringType, "How it ended: `success`, `failure` or `cancelled`.",
			func(v Values) value { return v.Status }),
		entry("deployment_id", numberOrNullType, "GitHub's number for the deployment, null for a rehearsal.",
			func(v Values) value { return nullableNumber(v.DeploymentID) }),
		entry("deployment_end_time", stringType, "When it ended, in UTC.",
			func(v Values) value { return v.DeploymentEndTime }),
		entry("total_seconds", numberType, "How many seconds it took.",
			func(v Values) value { return float64(v.TotalSeconds) }),
		entry("actor", stringType, "Who gave the command.",
			func(v Values) value { return v.Actor }),
		entry("logs", stringType, "The address of the workflow run.",
			func(v Values) value { return v.Logs }),
		results,
	}
}

func entry(name, kind, meaning string, read func(Values) value) variable {
	return variable{Variable: Variable{Name: name, Type: kind, Meaning: meaning}, read: read}
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
