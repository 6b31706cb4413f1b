package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// contract is GitHub's OpenAPI description.
type contract struct{ description *openapi3.T }

func loadContract(source []byte) (*contract, error) {
	description, err := openapi3.NewLoader().LoadFromData(source)
	if err == nil && description.Components == nil {
		description.Components = &openapi3.Components{}
	}
	if err != nil {
		return nil, fmt.Errorf("load OpenAPI description: %w", err)
	}
	correct(description)
	return &contract{description: description}, nil
}

// correct mends the description where GitHub is known to answer otherwise: the repository of a
// pull request's head is null after its fork was deleted.
func correct(description *openapi3.T) {
	pull := description.Components.Schemas["pull-request"]
	if pull == nil || pull.Value.Properties["head"] == nil {
		return
	}
	head := pull.Value.Properties["head"].Value.Properties
	if repository := head["repo"]; repository != nil {
		nullable := *repository.Value
		nullable.Nullable = true
		head["repo"] = &openapi3.SchemaRef{Value: &nullable}
	}
}

// operation is what the description says about one method on one path.
type operation struct {
	query        map[string]*openapi3.Schema
	path         map[string]*openapi3.Schema
	body         *openapi3.Schema
	bodyRequired bool
	answers      map[int]*openapi3.Schema // nil for an answer without a body
}

func (c *contract) operation(method, path string) (*operation, error) {
	described := c.description.Paths.Value(path)
	if described == nil || described.GetOperation(method) == nil {
		return nil, fmt.Errorf("find %s %s in the OpenAPI description", method, path)
	}
	source := described.GetOperation(method)
	o := &operation{
		query: map[string]*openapi3.Schema{}, path: map[string]*openapi3.Schema{}, answers: map[int]*openapi3.Schema{},
	}
	for _, parameter := range source.Parameters {
		switch parameter.Value.In {
		case "query":
			o.query[parameter.Value.Name] = parameter.Value.Schema.Value
		case "path":
			o.path[parameter.Value.Name] = parameter.Value.Schema.Value
		}
	}
	if source.RequestBody != nil {
		o.body, o.bodyRequired = jsonSchema(source.RequestBody.Value.Content), source.RequestBody.Value.Required
	}
	for status, response := range source.Responses.Map() {
		if code, err := strconv.Atoi(status); err == nil {
			o.answers[code] = jsonSchema(response.Value.Content)
		}
	}
	return o, nil
}

func jsonSchema(content openapi3.Content) *openapi3.Schema {
	if media := content["application/json"]; media != nil && media.Schema != nil {
		return media.Schema.Value
	}
	return nil
}

// breach is something in a request that the description does not allow. GitHub refuses it with
// the status, or lets it pass when that is 0.
type breach struct {
	status int
	text   string
}

func (o *operation) checkRequest(c *call) []breach {
	found := o.checkPath(c)
	for _, name := range slices.Sorted(maps.Keys(c.query)) {
		schema, known := o.query[name]
		if !known {
			found = append(found, breach{text: fmt.Sprintf("unknown query parameter %q", name)})
			continue
		}
		if err := visitText(schema, c.query.Get(name)); err != nil {
			found = append(found, breach{text: fmt.Sprintf("query parameter %q: %v", name, err)})
		}
	}
	return append(found, o.checkBody(c)...)
}

func (o *operation) checkPath(c *call) []breach {
	for name, schema := range o.path {
		if err := visitText(schema, c.params[name]); err != nil {
			return []breach{{status: http.StatusNotFound, text: "Not Found"}}
		}
	}
	return nil
}

// visitText checks the text of a parameter against a schema that may ask for a number.
func visitText(schema *openapi3.Schema, text string) error {
	var value any = text
	switch {
	case schema.Type.Is("integer"):
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return errors.New("value must be an integer")
		}
		value = json.Number(text)
	case schema.Type.Is("boolean"):
		value = text == "true"
	}
	return brief(schema.VisitJSON(value))
}

func (o *operation) checkBody(c *call) []breach {
	nothing := len(c.body) == 0 || string(bytes.TrimSpace(c.body)) == "null"
	if o.body == nil || nothing && !o.bodyRequired {
		return nil
	}
	var found []breach
	media, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	if media != "application/json" && len(c.body) > 0 {
		found = append(found, breach{text: fmt.Sprintf("content type %q is not application/json", media)})
	}
	value := decode(c.body)
	if value == nil {
		return append(found, breach{status: http.StatusBadRequest, text: "Problems parsing JSON"})
	}
	if list, ok := value.([]any); ok && c.route.wrap != "" {
		value = object{c.route.wrap: list}
	}
	for _, name := range unknownFields(o.body, value, "") {
		found = append(found, breach{text: fmt.Sprintf("unknown body field %q", name)})
	}
	if err := brief(o.body.VisitJSON(value)); err != nil {
		found = append(found, breach{status: http.StatusUnprocessableEntity, text: "Invalid request. " + err.Error()})
	}
	return found
}

// unknownFields lists the fields of a value that its schema does not describe. It does not
// look into schemas that offer alternatives or allow anything.
func unknownFields(schema *openapi3.Schema, value any, prefix string) []string {
	if schema == nil || len(schema.OneOf)+len(schema.AnyOf)+len(schema.AllOf) > 0 {
		return nil
	}
	var unknown []string
	switch value := value.(type) {
	case []any:
		if schema.Items == nil {
			return nil
		}
		for i, element := range value {
			unknown = append(unknown, unknownFields(schema.Items.Value, element, fmt.Sprintf("%s%d.", prefix, i))...)
		}
	case object:
		if len(schema.Properties) == 0 {
			return nil
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			property := schema.Properties[name]
			if property == nil {
				unknown = append(unknown, prefix+name)
				continue
			}
			unknown = append(unknown, unknownFields(property.Value, value[name], prefix+name+".")...)
		}
	}
	return unknown
}

// checkAnswer returns how an answer departs from the description, "" if it does not.
func (o *operation) checkAnswer(a answer) string {
	schema, described := o.answers[a.status]
	switch {
	case !described && a.status >= http.StatusBadRequest:
		return ""
	case !described:
		return fmt.Sprintf("status %d is not described", a.status)
	case schema == nil || a.body == nil:
		return ""
	}
	data, err := json.Marshal(a.body)
	if err == nil {
		err = visitAnswer(schema, decode(data))
	}
	if err != nil {
		return fmt.Sprintf("status %d: %v", a.status, err)
	}
	return ""
}

// visitAnswer checks a value against a schema. GitHub offers some alternatives that do not
// exclude each other, so fitting more than one is fine.
func visitAnswer(schema *openapi3.Schema, value any) error {
	for _, alternative := range schema.OneOf {
		if alternative.Value.VisitJSON(value) == nil {
			return nil
		}
	}
	return brief(schema.VisitJSON(value))
}

// brief shortens an error of the validator, which would quote whole schemas.
func brief(err error) error {
	if err == nil {
		return nil
	}
	problem := &openapi3.SchemaError{}
	if !errors.As(err, &problem) {
		return err
	}
	at := strings.Join(problem.JSONPointer(), ".")
	if at == "" {
		return errors.New(problem.Reason)
	}
	return fmt.Errorf("%s: %s", at, problem.Reason)
}
