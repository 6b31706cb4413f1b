package graph_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

const library = `
scalar BigInt
scalar DateTime
enum Genre { NOVEL POEM }
interface Work { title: String! }
union Thing = Book | Person
type Person { name: String! }
type Book implements Work {
  title: String!
  genre: Genre
  pages: Int
  copies: BigInt
  printed: DateTime
  author: Person!
  broken: String
  essential: String!
  sequel: Book
  unknown: String
}
type BookEdge { cursor: String! node: Book }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type BookConnection { nodes: [Book] edges: [BookEdge] pageInfo: PageInfo! totalCount: Int! extra: Int }
input Filter { genre: Genre = NOVEL words: [String!] limit: Int }
type Query {
  book: Book
  work: Work
  thing(person: Boolean = false): Thing
  echo(text: String = "default", number: Int, list: [String!], filter: Filter, filters: [Filter!], flag: Boolean): String
  shelf(first: Int, last: Int, after: String, before: String): BookConnection
  sure: [Book!]!
  some: [Book]
}
type Mutation { write(title: String!): Book }
`

func book(title string) *graph.Object {
	return &graph.Object{Type: "Book", Fields: graph.Fields{
		"title": title, "genre": "NOVEL", "pages": 1 << 31, "copies": int64(1 << 40),
		"printed":   time.Date(2026, 11, 21, 10, 0, 0, 5, time.FixedZone("", 3600)),
		"author":    &graph.Object{Type: "Person", Fields: graph.Fields{"name": "Ann"}},
		"broken":    graph.Resolver(func(graph.Args) (any, error) { return nil, graph.NewError("FORBIDDEN", "not %s", "you") }),
		"essential": graph.Resolver(func(graph.Args) (any, error) { return nil, errors.New("lost") }),
		"sequel":    graph.Lazy(func() any { return book(title + "+") }),
	}}
}

func root() *graph.Object {
	shelf := []string{"a", "b", "c", "d", "e"}
	return &graph.Object{Type: "Query", Fields: graph.Fields{
		"book": book("one"), "work": book("two"),
		"thing": graph.Resolver(func(args graph.Args) (any, error) {
			if args.Bool("person") {
				return &graph.Object{Type: "Person", Fields: graph.Fields{"name": "Ann"}}, nil
			}
			return book("three"), nil
		}),
		"echo": graph.Resolver(func(args graph.Args) (any, error) { return echo(args), nil }),
		"shelf": graph.Connection("BookConnection", len(shelf), func(i int) any { return book(shelf[i]) },
			graph.Fields{"extra": 7}),
		"sure": []any{book("x"), graph.NewError("NOT_FOUND", "gone")},
		"some": []any{book("x"), graph.NewError("NOT_FOUND", "gone"), nil},
	}}
}

func echo(args graph.Args) string {
	number, given := args.Int("number")
	limit, _ := args.Object("filter").Int("limit")
	var genres []string
	for _, one := range args.Objects("filters") {
		genres = append(genres, one.String("genre"))
	}
	text, err := json.Marshal([]any{
		args.Field, args.String("text"), number, given, args.Strings("list"), args.Object("filter").String("genre"), limit,
		genres, args.Given("flag"), args.Bool("flag"),
	})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// answer runs a document and returns the response as JSON.
func answer(t *testing.T, query string, variables string) string {
	t.Helper()
	document, problems := parse(t, query, variables)
	require.Empty(t, problems)
	response, err := document.Execute(root(), nil)
	require.NoError(t, err)
	text, err := json.Marshal(response)
	require.NoError(t, err)
	return string(text)
}

func parse(t *testing.T, query, variables string) (*graph.Document, []graph.Problem) {
	t.Helper()
	schema, err := graph.LoadSchema([]byte(library))
	require.NoError(t, err)
	request := graph.Request{Query: query}
	if variables != "" {
		require.NoError(t, json.Unmarshal([]byte(variables), &request.Variables))
	}
	return schema.Parse(request)
}

func TestExecute(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ query, variables, want string }{
		"order of the request is kept": {
			`{ book { title __typename genre } }`, "", `{"data":{"book":{"title":"one","__typename":"Book","genre":"NOVEL"}}}`,
		},
		"aliases": {`{ a: book { x: title } b: book { title } }`, "", `{"data":{"a":{"x":"one"},"b":{"title":"one"}}}`},
		"fields of one key are merged": {
			`{ book { author { name } } book { title author { __typename } } }`, "",
			`{"data":{"book":{"author":{"name":"Ann","__typename":"Person"},"title":"one"}}}`,
		},
		"fragments": {
			`{ work { ...f ... on Book { genre } } } fragment f on Work { title }`, "", `{"data":{"work":{"title":"two","genre":"NOVEL"}}}`,
		},
		"fragments of other types": {
			`{ thing(person: true) { ... on Book { title } ... on Person { name } } }`, "", `{"data":{"thing":{"name":"Ann"}}}`,
		},
		"directives": {
			`query($yes: Boolean!) { book { title @skip(if: $yes) genre @include(if: $yes) ... @skip(if: true) { printed } } }`,
			`{"yes": true}`, `{"data":{"book":{"genre":"NOVEL"}}}`,
		},
		"scalars": {
			`{ book { copies printed } }`, "", `{"data":{"book":{"copies":"1099511627776","printed":"2026-11-21T09:00:00Z"}}}`,
		},
		"integers have 32 bits": {
			`{ book { pages } }`, "",
			`{"data":{"book":{"pages":null}},"errors":[{"path":["book","pages"],"locations":[{"line":1,"column":10}],` +
				`"message":"integer out of bounds: 2147483648; use an ID or a BigInt field instead"}]}`,
		},
		"default arguments": {
			`{ echo }`, "", `{"data":{"echo":"[\"echo\",\"default\",0,false,null,\"\",0,null,false,false]"}}`,
		},
		"arguments": {
			`{ echo(text: "t", number: 3, list: ["a", "b"], filter: {limit: 2}, filters: [{genre: POEM}, {}], flag: true) }`, "",
			`{"data":{"echo":"[\"echo\",\"t\",3,true,[\"a\",\"b\"],\"NOVEL\",2,[\"POEM\",\"NOVEL\"],true,true]"}}`,
		},
		"variables": {
			`query($n: Int!, $l: [String!], $f: Filter) { echo(number: $n, list: $l, filter: $f) }`,
			`{"n": 4, "l": ["x"], "f": {"limit": 9, "genre": "POEM"}}`,
			`{"data":{"echo":"[\"echo\",\"default\",4,true,[\"x\"],\"POEM\",9,null,false,false]"}}`,
		},
		"one value for a list": {
			`query($l: [String!], $f: [Filter!]) { echo(list: $l, filters: $f, number: 1) }`, `{"l": "x", "f": {"genre": "POEM"}}`,
			`{"data":{"echo":"[\"echo\",\"default\",1,true,[\"x\"],\"\",0,[\"POEM\"],false,false]"}}`,
		},
		"error with a type": {
			`{ book { title broken } }`, "",
			`{"data":{"book":{"title":"one","broken":null}},"errors":[{"type":"FORBIDDEN","path":["book","broken"],` +
				`"extensions":{"saml_failure":false},"locations":[{"line":1,"column":16}],"message":"not you"}]}`,
		},
		"error in a field that cannot be null": {
			`{ book { sequel { essential } title } }`, "",
			`{"data":{"book":{"sequel":null,"title":"one"}},"errors":[{"path":["book","sequel","essential"],` +
				`"locations":[{"line":1,"column":19}],"message":"lost"}]}`,
		},
		"error in a list": {
			`{ some { title } }`, "",
			`{"data":{"some":[{"title":"x"},null,null]},"errors":[{"type":"NOT_FOUND","path":["some",1],` +
				`"locations":[{"line":1,"column":3}],"message":"gone"}]}`,
		},
		"error in a list that cannot hold null": {
			`{ sure { title } }`, "",
			`{"data":null,"errors":[{"type":"NOT_FOUND","path":["sure",1],"locations":[{"line":1,"column":3}],"message":"gone"}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, answer(t, test.query, test.variables))
		})
	}
}

func TestUnresolvedField(t *testing.T) {
	t.Parallel()
	document, problems := parse(t, `{ book { sequel { unknown } } }`, "")
	require.Empty(t, problems)
	_, err := document.Execute(root(), nil)
	var unresolved *graph.UnresolvedError
	require.ErrorAs(t, err, &unresolved)

	document, _ = parse(t, `{ some { title } }`, "")
	_, listed := document.Execute(&graph.Object{Type: "Query", Fields: graph.Fields{"some": []any{unresolved}}}, nil)
	require.ErrorAs(t, listed, &unresolved)
	assert.Equal(t, "field Book.unknown is not simulated", err.Error())
}

// A resolver that answers in a wrong form is a mistake of the server, and never an answer.
func TestWrongResolvers(t *testing.T) {
	for name, value := range map[string]any{
		"list for an object": []any{}, "text for an object": "x", "object of another type": &graph.Object{Type: "Person"},
	} {
		t.Run(name, func(t *testing.T) {
			document, problems := parse(t, `{ book { title } }`, "")
			require.Empty(t, problems)
			_, err := document.Execute(&graph.Object{Type: "Query", Fields: graph.Fields{"book": value}}, nil)
			require.ErrorContains(t, err, "resolve Query.book", name)
		})
	}
	document, _ := parse(t, `{ book { title genre } }`, "")
	response, err := document.Execute(&graph.Object{Type: "Query", Fields: graph.Fields{
		"book": &graph.Object{Type: "Book", Fields: graph.Fields{"title": nil, "genre": "PLAY"}},
	}}, nil)
	require.NoError(t, err)
	require.Len(t, response.Errors, 1)
	assert.Equal(t, "cannot return null for non-nullable field Book.title", response.Errors[0].Message)
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ query, variables, want string }{
		"syntax":             {`{ book `, "", "Expected Name"},
		"unknown field":      {`{ book { colour } }`, "", `Field 'colour' doesn't exist on type 'Book'`},
		"unknown argument":   {`{ echo(size: 1) }`, "", `Unknown argument "size" on field "Query.echo".`},
		"unused variable":    {`query($n: Int) { echo }`, "", `Variable "$n" is never used.`},
		"missing variable":   {`query($n: Int!) { echo(number: $n) }`, "", "must be defined"},
		"variable of a type": {`query($n: Int!) { echo(number: $n) }`, `{"n": "four"}`, "cannot use string as Int"},
		"no selection":       {`{ book }`, "", `Field "book" of type "Book" must have a selection of subfields`},
		"enum value":         {`{ echo(filter: {genre: PLAY}) }`, "", `Value "PLAY" does not exist in "Genre" enum`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, problems := parse(t, test.query, test.variables)
			assert.Nil(t, document)
			require.NotEmpty(t, problems)
			assert.Contains(t, problems[0].Message, test.want)
		})
	}
}

func TestParseFindsTheOperation(t *testing.T) {
	t.Parallel()
	schema, err := graph.LoadSchema([]byte(library))
	require.NoError(t, err)
	const query = `query A { a: book { title } b: book { title } work { title } } mutation B { write(title: "x") { title } }`

	first, problems := schema.Parse(graph.Request{Query: query, OperationName: "A"})
	require.Empty(t, problems)
	assert.Equal(t, "query book,work", first.Summary())
	assert.False(t, first.IsMutation())

	second, problems := schema.Parse(graph.Request{Query: query, OperationName: "B"})
	require.Empty(t, problems)
	assert.Equal(t, "mutation write", second.Summary())
	assert.True(t, second.IsMutation())

	_, problems = schema.Parse(graph.Request{Query: query, OperationName: "C"})
	require.Len(t, problems, 1)
	assert.Equal(t, `No operation named "C"`, problems[0].Message)
}

func TestLoadSchemaFails(t *testing.T) {
	t.Parallel()
	_, err := graph.LoadSchema([]byte("type Query { a: Missing }"))
	assert.ErrorContains(t, err, "load GraphQL schema")
}

func TestConnection(t *testing.T) {
	t.Parallel()
	const b, d = "Y3Vyc29yOjE=", "Y3Vyc29yOjM=" // cursors of the second and the fourth of five
	require.Equal(t, b, graph.Cursor(1))
	require.Equal(t, d, graph.Cursor(3))
	for name, test := range map[string]struct{ arguments, titles, page string }{
		"first":            {`first: 2`, `ab`, `false true`},
		"first of all":     {`first: 100`, `abcde`, `false false`},
		"first after":      {`first: 2, after: "` + b + `"`, `cd`, `true true`},
		"last":             {`last: 2`, `de`, `true false`},
		"last before":      {`last: 2, before: "` + d + `"`, `bc`, `true true`},
		"between":          {`first: 9, after: "` + b + `", before: "` + d + `"`, `c`, `true true`},
		"nothing":          {`first: 0`, ``, `false true`},
		"after the end":    {`first: 2, after: "Y3Vyc29yOjk="`, ``, `true false`},
		"first, then last": {`first: 3, last: 1`, `c`, `true true`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			titles, page := readPage(t, test.arguments)
			assert.Equal(t, test.titles, titles)
			assert.Equal(t, test.page, page)
		})
	}
}

func readPage(t *testing.T, arguments string) (titles, page string) {
	t.Helper()
	text := answer(t, `{ shelf(`+arguments+`) { totalCount extra nodes { title } edges { node { title } }
		pageInfo { hasPreviousPage hasNextPage } } }`, "")
	var response struct {
		Data struct {
			Shelf struct {
				TotalCount, Extra int
				Nodes             []struct{ Title string }
				Edges             []struct{ Node struct{ Title string } }
				PageInfo          struct{ HasPreviousPage, HasNextPage bool }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &response))
	shelf := response.Data.Shelf
	require.Equal(t, 5, shelf.TotalCount)
	require.Equal(t, 7, shelf.Extra)
	require.Len(t, shelf.Edges, len(shelf.Nodes))
	for i, one := range shelf.Nodes {
		require.Equal(t, one.Title, shelf.Edges[i].Node.Title)
		titles += one.Title
	}
	before, after := "false", "false"
	if shelf.PageInfo.HasPreviousPage {
		before = "true"
	}
	if shelf.PageInfo.HasNextPage {
		after = "true"
	}
	return titles, before + " " + after
}

func TestConnectionRefuses(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		`(after: "")`:               "MISSING_PAGINATION_BOUNDARIES",
		`(first: 101)`:              "EXCESSIVE_PAGINATION",
		`(first: -1)`:               "INVALID_CURSOR_ARGUMENTS",
		`(last: 101)`:               "EXCESSIVE_PAGINATION",
		`(first: 1, after: "x")`:    "INVALID_CURSOR_ARGUMENTS",
		`(last: 1, before: "YQ==")`: "INVALID_CURSOR_ARGUMENTS",
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			document, problems := parse(t, `{ shelf`+arguments+` { totalCount } }`, "")
			require.Empty(t, problems)
			response, err := document.Execute(root(), nil)
			require.NoError(t, err)
			require.Len(t, response.Errors, 1, arguments)
			assert.Equal(t, want, response.Errors[0].Type, arguments)
		})
	}
}
