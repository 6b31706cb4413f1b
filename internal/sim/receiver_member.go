package sim

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// member is a member of an object in a message.
type member struct {
	name     string
	required bool
	fits     func(any) bool
}

// members wants an object to have these members, and no others. where is "" for the body.
func (i *inspection) members(where string, fields object, members []member) {
	var known []string
	for _, member := range members {
		known = append(known, member.name)
		value, given := fields[member.name]
		if !given && member.required || given && !member.fits(value) {
			i.wrong(http.StatusBadRequest, "%s is %v", strings.TrimPrefix(where+"."+member.name, "."), value)
		}
	}
	i.only(cmp.Or(where, "body"), fields, known...)
}

func isText(value any) bool   { _, ok := value.(string); return ok }
func isObject(value any) bool { _, ok := value.(object); return ok }
func isList(value any) bool   { _, ok := value.([]any); return ok }
func isWord(value any) bool   { return isText(value) && value != "" }

func isMoment(value any) bool {
	text, _ := value.(string)
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

func isReference(value any) bool {
	text, _ := value.(string)
	_, err := url.Parse(text)
	return err == nil && text != ""
}

func isAddress(value any) bool {
	text, _ := value.(string)
	address, err := url.Parse(text)
	return err == nil && address.IsAbs()
}

// isOneOf knows words.
func isOneOf(words ...string) func(any) bool {
	return func(value any) bool {
		text, _ := value.(string)
		return slices.Contains(words, text)
	}
}

// isWithin knows texts that are neither empty nor longer than so many characters.
func isWithin(characters int) func(any) bool {
	return func(value any) bool {
		text, _ := value.(string)
		return text != "" && utf8.RuneCountInString(text) <= characters
	}
}

// isLike knows texts of a form.
func isLike(form string) func(any) bool {
	pattern := regexp.MustCompile(form)
	return func(value any) bool {
		text, _ := value.(string)
		return pattern.MatchString(text)
	}
}

// objectsIn lists the objects in a list. Anything else becomes an object without members.
func objectsIn(value any) []object {
	list, _ := value.([]any)
	objects := make([]object, len(list))
	for i, one := range list {
		objects[i], _ = one.(object)
	}
	return objects
}
