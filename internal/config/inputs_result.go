package config

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// ResultSettings are those of a step that ends a deployment as branch-deploy's result mode does.
type ResultSettings struct {
	Mode    bool      // result_mode
	Context string    // the output of the starting step
	Jobs    JobResult // the worst of the jobs in between, "" when none is given
	URL     string    // replaces the URL of the environment, "" for none
	Inherit bool      // the settings of the start are in effect, rather than those of this step
}

// JobResult is how a job ended, in GitHub's words.
type JobResult string

// The results of jobs, from the best to the worst.
const (
	JobSucceeded JobResult = "success"
	JobSkipped   JobResult = "skipped"
	JobFailed    JobResult = "failure"
	JobCancelled JobResult = "cancelled"
)

// Status returns the state that a deployment ends in.
func (r JobResult) Status() Status {
	status, _ := ParseStatus(string(r))
	return status
}

func resultInputs() []Input {
	mode := need{"result_mode", "true"}
	return []Input{
		flag("result_mode", "Complete a deployment of another job, as `mode: finish` does, with the inputs of branch-deploy's result mode",
			func(c *Config) *bool { return &c.Result.Mode }),
		{
			Name: "context", needs: mode,
			Description: "With `result_mode`, the output `context` of the step that started the deployment",
			read:        text(func(c *Config) *string { return &c.Result.Context }),
		},
		{
			Name: "job_results", needs: mode, sensitive: true,
			Description: "With `result_mode`, results of jobs as a JSON array, such as `toJSON(needs.*.result)`; the worst one counts",
			read:        optional(readJobResults),
		},
		{
			Name: "result_url", needs: mode, sensitive: true,
			Description: "With `result_mode`, URL of what was deployed, instead of the one in `environment_urls`",
			read:        optional(readResultURL),
		},
		{
			Name: "result_inherit_settings", Default: "true",
			Description: "With `result_mode`, use the template, labels and URL settings of the starting step; `false` uses those of this step",
			read:        boolean(func(c *Config) *bool { return &c.Result.Inherit }),
		},
	}
}

const largestResults = 64 << 10 // bytes

func readJobResults(c *Config, value string) error {
	var all []JobResult
	if len(value) <= largestResults && json.Unmarshal([]byte(value), &all) != nil {
		all = nil
	}
	order := []JobResult{JobSucceeded, JobSkipped, JobFailed, JobCancelled}
	known := func(one JobResult) bool { return slices.Contains(order, one) }
	if len(all) == 0 || slices.ContainsFunc(all, func(one JobResult) bool { return !known(one) }) {
		return errors.New(acceptedResults)
	}
	c.Result.Jobs = slices.MaxFunc(all, func(a, b JobResult) int { return slices.Index(order, a) - slices.Index(order, b) })
	return nil
}

const acceptedResults = "accepted is a JSON array of success, failure, cancelled and skipped, with at least one entry"

const longestURL = 2 << 10 // bytes

func readResultURL(c *Config, value string) error {
	address, err := url.Parse(value)
	odd := func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }
	if err != nil || len(value) > longestURL || !strings.EqualFold(address.Scheme, "https") || address.Hostname() == "" ||
		address.User != nil || strings.ContainsFunc(value, odd) {
		return errors.New("must be an https:// URL of at most 2 KiB, without credentials and control characters")
	}
	c.Result.URL = value
	return nil
}

// Check returns what is missing for an end. A step that is only looked at may get it from an expression.
func (r ResultSettings) Check() error {
	if r.Mode && r.Jobs == "" {
		return &InputError{Input: "job_results", Accepted: acceptedResults}
	}
	return nil
}

func (c Config) resultConflicts() Errors {
	if !c.Result.Mode {
		return nil
	}
	var errs Errors
	if c.mergeMode != "" || c.choosesMode(Finish) {
		accepted := "must be left out with another mode: it is mode finish"
		errs = append(errs, &InputError{Input: "result_mode", Value: "true", Accepted: accepted})
	}
	if c.Handoff != "" && c.Result.Context != "" {
		errs = append(errs, &InputError{Accepted: `inputs "handoff" and "context" are both set: give one`})
	}
	return errs
}
