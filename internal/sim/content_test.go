package sim_test

import (
	"strings"
	"testing"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestContents(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Push(sim.Commit{Branch: "prod/eu-lock", Files: map[string]string{"lock.json": "{}", "a b/c#d": "x"}})
	g.Push(sim.Commit{Branch: "large", Files: map[string]string{"large": strings.Repeat("x", 1<<20+1)}})
	play(t, g, []exchange{
		{"default branch", "GET /./contents/README.md", nil, 200, `{"type": "file", "name": "README.md", "encoding": "base64", "content": "IyBzaG9wCg==\n", "size": 7}`},
		{"branch", "GET /./contents/lock.json?ref=prod%2Feu-lock", nil, 200, `{"content": "e30=\n", "path": "lock.json"}`},
		{"escaped path", "GET /./contents/a%20b%2Fc%23d?ref=prod/eu-lock", nil, 200, `{"path": "a b/c#d", "name": "c#d"}`},
		{"path with slashes", "GET /./contents/a%20b/c%23d?ref=prod/eu-lock", nil, 200, `{"path": "a b/c#d"}`},
		{"directory", "GET /./contents/a%20b?ref=prod/eu-lock", nil, 200, `[{"type": "file", "path": "a b/c#d"}]`},
		{"too large to send along", "GET /./contents/large?ref=large", nil, 200, `{"content": "", "encoding": "none", "size": 1048577}`},
		{"missing file", "GET /./contents/none", nil, 404, `{"message": "Not Found"}`},
		{"missing branch", "GET /./contents/lock.json?ref=none", nil, 404, `{"message": "No commit found for the ref none"}`},
	})
}
