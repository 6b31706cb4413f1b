package sim

import (
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// hourly is how many requests or points a workflow's token has in an hour.
const hourly = 1000

// rate counts what is left of the hour's requests, for REST (core) and GraphQL apart.
type rate struct {
	limit int
	used  map[string]int
	reset time.Time
}

func newRate(now time.Time) rate {
	return rate{limit: hourly, used: map[string]int{}, reset: now.Add(time.Hour)}
}

// LimitRate leaves this many requests until the limit's next reset, an hour from now.
func (g *GitHub) LimitRate(remaining int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	used := g.rate.limit - remaining
	g.rate.used = map[string]int{"core": used, "graphql": used}
	g.rate.reset = g.now().Add(time.Hour)
}

func (c *call) resource() string {
	if c.isGraphQL() {
		return "graphql"
	}
	return "core"
}

func (r *rate) renew(now time.Time) {
	if !now.Before(r.reset) {
		*r = rate{limit: r.limit, used: map[string]int{}, reset: now.Add(time.Hour)}
	}
}

func (r *rate) exhausted(c *call, now time.Time) bool {
	r.renew(now)
	return r.used[c.resource()] >= r.limit && c.path != "/rate_limit"
}

// exceeded refuses a request after the limit is used up; GraphQL says so with status 200.
func (c *call) exceeded() answer {
	const message = "API rate limit exceeded for installation."
	if c.isGraphQL() {
		return reply(http.StatusOK, object{"errors": []any{object{"type": "RATE_LIMITED", "message": message}}})
	}
	return refuse(http.StatusForbidden, message)
}

func (r *rate) spend(c *call) {
	if c.path != "/rate_limit" {
		r.used[c.resource()] += c.points()
	}
}

// points are what a call costs of the hour's budget of its resource.
func (c *call) points() int {
	if c.document == nil {
		return 1
	}
	return c.document.Cost().Points()
}

// weight is what a call costs of the minute's budget, by which GitHub keeps bursts apart: a change costs
// five times as much as a question.
func (c *call) weight() int {
	question := c.request.Method == http.MethodGet || c.request.Method == http.MethodHead
	if c.document != nil {
		question = !c.document.IsMutation()
	}
	if question {
		return 1
	}
	return 5
}

// headers adds what every answer of GitHub carries.
func (g *GitHub) headers(c *call, header map[string]string) map[string]string {
	used := g.rate.used[c.resource()]
	all := map[string]string{
		"X-RateLimit-Limit":     strconv.Itoa(g.rate.limit),
		"X-RateLimit-Remaining": strconv.Itoa(max(0, g.rate.limit-used)),
		"X-RateLimit-Used":      strconv.Itoa(used),
		"X-RateLimit-Reset":     strconv.FormatInt(g.rate.reset.Unix(), 10),
		"X-RateLimit-Resource":  c.resource(),
		"X-GitHub-Request-Id":   "0000:0000:0000:0000:00000000",
		"Date":                  g.now().Format(http.TimeFormat),
	}
	maps.Copy(all, header)
	return all
}

func rateRoutes() []route {
	return []route{{method: "GET", path: "/rate_limit", handle: (*GitHub).getRateLimit}}
}

func (g *GitHub) getRateLimit(*call) answer {
	g.rate.renew(g.now())
	limit := func(resource string) object {
		used := g.rate.used[resource]
		return object{
			"limit": g.rate.limit, "used": used, "remaining": max(0, g.rate.limit-used), "reset": g.rate.reset.Unix(),
		}
	}
	search := object{"limit": 30, "used": 0, "remaining": 30, "reset": g.rate.reset.Unix()}
	return reply(http.StatusOK, object{
		"resources": object{"core": limit("core"), "graphql": limit("graphql"), "search": search},
		"rate":      limit("core"),
	})
}

func (g *GitHub) rateObject(c *call) *graph.Object {
	cost, used := c.document.Cost(), g.rate.used["graphql"]
	return &graph.Object{Type: "RateLimit", Fields: graph.Fields{
		"limit": g.rate.limit, "cost": cost.Points(), "used": used, "remaining": max(0, g.rate.limit-used),
		"resetAt": g.rate.reset, "nodeCount": cost.Nodes,
	}}
}
