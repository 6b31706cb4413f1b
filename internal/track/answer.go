package track

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const maxText = 2 << 10 // bytes of a text from outside that are repeated

// accepted reads what an answer means: any 2xx says that the event was accepted.
func accepted(status int, said answer) error {
	if status >= 200 && status < 300 {
		return nil
	}
	return said.failure(status)
}

func (a answer) failure(status int) *Failure {
	return &Failure{Status: status, Message: a.message, uncertain: status >= http.StatusInternalServerError}
}

// answer is what an error body says. Versioner's bodies have "detail": an object, a text, or a list of what is wrong
// with each field; or they are the object itself. Other services have a list next to or instead of a message. A proxy
// in between can send anything.
type answer struct {
	code, rule, message, retryAfter string
	conflictID                      string
	conflictSince                   time.Time
	details                         json.RawMessage
}

const webPage = "a web page instead of an answer"

func read(body []byte) answer {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("<")) {
		return answer{message: webPage}
	}
	detail := body
	var outer struct {
		Detail json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &outer) == nil && len(outer.Detail) > 0 {
		detail = outer.Detail
	}
	if said, isObject := readObject(detail); isObject {
		return said
	}
	return answer{message: cmp.Or(fieldErrors(detail), scalar(detail), spelt(detail))}
}

// spelt writes JSON in its plainest spelling, in which a secret can be found; what is no JSON stays as it is.
func spelt(detail []byte) string {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(detail))
	decoder.UseNumber()
	if !json.Valid(detail) || decoder.Decode(&value) != nil {
		return string(detail)
	}
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // cannot fail: it was JSON
	return strings.TrimSpace(plain.String())
}

// readObject reads the members that matter; each is optional and none is trusted to have a type.
func readObject(detail []byte) (answer, bool) {
	var said struct {
		Error      json.RawMessage `json:"error"`
		Message    json.RawMessage `json:"message"`
		Code       json.RawMessage `json:"code"`
		RetryAfter json.RawMessage `json:"retry_after"`
		Details    json.RawMessage `json:"details"`
		Errors     json.RawMessage `json:"errors"`
	}
	if !bytes.HasPrefix(detail, []byte("{")) || json.Unmarshal(detail, &said) != nil {
		return answer{}, false
	}
	var details struct {
		RuleName json.RawMessage `json:"rule_name"`
		ID       json.RawMessage `json:"conflicting_deployment_id"`
		Started  json.RawMessage `json:"conflicting_deployment_started"`
	}
	_ = json.Unmarshal(said.Details, &details) // details that are no object say nothing
	since, _ := time.Parse(time.RFC3339, scalar(details.Started))
	message := joined(": ", cmp.Or(scalar(said.Message), scalar(said.Error)), listed(said.Errors))
	if message == "" && scalar(said.Code) == "" {
		message = spelt(detail)
	}
	return answer{
		code: scalar(said.Code), rule: scalar(details.RuleName), message: message,
		retryAfter: scalar(said.RetryAfter), conflictID: scalar(details.ID), conflictSince: since, details: said.Details,
	}, true
}

// listed joins a list of errors: each is a text, or an object with a detail or a title.
func listed(raw json.RawMessage) string {
	var errors []json.RawMessage
	_ = json.Unmarshal(raw, &errors) // what is no list says nothing
	texts := make([]string, len(errors))
	for i, one := range errors {
		var object struct {
			Detail json.RawMessage `json:"detail"`
			Title  json.RawMessage `json:"title"`
		}
		_ = json.Unmarshal(one, &object) // as a text
		texts[i] = cmp.Or(scalar(one), scalar(object.Detail), scalar(object.Title))
	}
	return joined("; ", texts...)
}

func joined(separator string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), separator)
}

func fieldErrors(detail []byte) string {
	var fields []struct {
		Location []any  `json:"loc"`
		Message  string `json:"msg"`
	}
	if json.Unmarshal(detail, &fields) != nil {
		return ""
	}
	said := make([]string, len(fields))
	for i, field := range fields {
		location := make([]string, len(field.Location))
		for j, part := range field.Location {
			location[j] = fmt.Sprint(part)
		}
		said[i] = strings.Join(location, ".") + ": " + field.Message
	}
	return strings.Join(said, "; ")
}

func (a answer) shown(redact *strings.Replacer) answer {
	for _, text := range []*string{&a.code, &a.rule, &a.message, &a.retryAfter, &a.conflictID} {
		*text = short(redact.Replace(*text))
	}
	return a
}

func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

func short(text string) string {
	if len(text) <= maxText {
		return text
	}
	const ellipsis = "…"
	end := maxText - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + ellipsis
}
