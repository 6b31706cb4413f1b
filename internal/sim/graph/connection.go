package graph

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Most is how many elements one page of a connection can hold.
const Most = 100

// Connection resolves a field of a connection type over total elements. Like the real API it
// refuses a request without first or last, and pages of more than a hundred. Extra holds
// fields that this type has beyond the usual ones.
func Connection(typeName string, total int, node func(index int) any, extra Fields) Resolver {
	return func(args Args) (any, error) {
		from, to, err := window(args, total)
		if err != nil {
			return nil, err
		}
		fields := Fields{
			"totalCount": total,
			"pageInfo":   pageInfo(from, to, total),
			"nodes":      Lazy(func() any { return slice(from, to, node) }),
			"edges":      Lazy(func() any { return slice(from, to, func(index int) any { return edge(index, node) }) }),
		}
		maps.Copy(fields, extra)
		return &Object{Type: typeName, Fields: fields}, nil
	}
}

func slice(from, to int, node func(index int) any) []any {
	list := []any{}
	for index := from; index < to; index++ {
		list = append(list, node(index))
	}
	return list
}

func edge(index int, node func(index int) any) *Object {
	return &Object{Fields: Fields{
		"cursor": Cursor(index),
		"node":   Lazy(func() any { return node(index) }),
	}}
}

func pageInfo(from, to, total int) *Object {
	fields := Fields{"hasPreviousPage": from > 0, "hasNextPage": to < total, "startCursor": nil, "endCursor": nil}
	if from < to {
		fields["startCursor"], fields["endCursor"] = Cursor(from), Cursor(to-1)
	}
	return &Object{Type: "PageInfo", Fields: fields}
}

// window works out which elements a page holds: from is the first, to is after the last.
func window(args Args, total int) (from, to int, err error) {
	first, hasFirst := args.Int("first")
	last, hasLast := args.Int("last")
	if err := bounds(args, max(first, last), hasFirst || hasLast); err != nil {
		return 0, 0, err
	}
	from, to, err = between(args, total)
	if err != nil {
		return 0, 0, err
	}
	if hasFirst {
		to = min(to, from+first)
	}
	if hasLast {
		from = max(from, to-last)
	}
	return from, to, nil
}

func bounds(args Args, size int, given bool) error {
	switch {
	case !given:
		return NewError("MISSING_PAGINATION_BOUNDARIES",
			"You must provide a `first` or `last` value to properly paginate the `%s` connection.", args.Field)
	case least(args) < 0:
		return NewError("INVALID_CURSOR_ARGUMENTS", "`first` and `last` on the `%s` connection cannot be less than zero.", args.Field)
	case size > Most:
		return NewError("EXCESSIVE_PAGINATION",
			"Requesting %d records on the `%s` connection exceeds the `first` limit of %d records.", size, args.Field, Most)
	}
	return nil
}

func least(args Args) int {
	first, _ := args.Int("first")
	last, _ := args.Int("last")
	return min(first, last)
}

func between(args Args, total int) (from, to int, err error) {
	from, to = 0, total
	if after := args.String("after"); after != "" {
		at, err := position(after)
		if err != nil {
			return 0, 0, err
		}
		from = min(at+1, total)
	}
	if before := args.String("before"); before != "" {
		at, err := position(before)
		if err != nil {
			return 0, 0, err
		}
		to = max(from, min(at, total))
	}
	return from, to, nil
}

// Cursor names the element at an index.
func Cursor(index int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "cursor:%d", index))
}

func position(cursor string) (int, error) {
	text, err := base64.StdEncoding.DecodeString(cursor)
	if err == nil {
		number, found := strings.CutPrefix(string(text), "cursor:")
		if at, err := strconv.Atoi(number); found && err == nil {
			return at, nil
		}
	}
	return 0, NewError("INVALID_CURSOR_ARGUMENTS", "`%s` does not appear to be a valid cursor.", cursor)
}
