package track

import (
	"cmp"
	"encoding/json"
	"strings"
)

// Receipt is what Versioner says of an event that it took. Every field may be missing, and all of it
// comes from outside.
type Receipt struct {
	ID            string // of the deployment or the build
	VersionID     string
	ProductID     string
	EnvironmentID string
	Presumed      bool   // a start was in its own way, so that its first delivery must have been taken
	ReportOnly    []Rule // rules that would have refused, were they in force
}

// Rule is a rule of the receiver, with what it says.
type Rule struct{ Name, Message string }

// readReceipt reads an answer; what is not of the documented form says nothing. Secrets are taken out of what
// was read, whatever its spelling was.
func readReceipt(body []byte, hide *strings.Replacer) Receipt {
	var said struct {
		ID            json.RawMessage `json:"id"`
		VersionID     json.RawMessage `json:"version_id"`
		ProductID     json.RawMessage `json:"product_id"`
		EnvironmentID json.RawMessage `json:"environment_id"`
		Metadata      json.RawMessage `json:"extra_metadata"`
	}
	if json.Unmarshal(body, &said) != nil {
		return Receipt{}
	}
	text := func(raw json.RawMessage) string { return short(hide.Replace(scalar(raw))) }
	return Receipt{
		ID: text(said.ID), VersionID: text(said.VersionID), ProductID: text(said.ProductID), EnvironmentID: text(said.EnvironmentID),
		ReportOnly: readRules(said.Metadata, text),
	}
}

// readRules finds the rules that are only reported and that the event does not satisfy.
func readRules(metadata json.RawMessage, text func(json.RawMessage) string) []Rule {
	var said struct {
		Preflight struct {
			Rules []json.RawMessage `json:"rules_evaluated"`
		} `json:"preflight_status"`
	}
	if json.Unmarshal(metadata, &said) != nil {
		return nil
	}
	var rules []Rule
	for _, raw := range said.Preflight.Rules {
		var one struct {
			Name    json.RawMessage `json:"rule_name"`
			Message json.RawMessage `json:"error_message"`
			Status  json.RawMessage `json:"status"`
			Result  json.RawMessage `json:"evaluation_result"`
		}
		if json.Unmarshal(raw, &one) != nil || scalar(one.Status) != "report_only" || scalar(one.Result) != "failed" {
			continue
		}
		rules = append(rules, Rule{Name: cmp.Or(text(one.Name), "unknown"), Message: cmp.Or(text(one.Message), "no details")})
	}
	return rules
}
