package sim

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Where the simulated host lives; URLs in answers begin with these.
const (
	apiURL = "https://api.github.com"
	webURL = "https://github.com"
)

// route is an operation of the REST interface.
type route struct {
	method  string
	path    string   // as in GitHub's OpenAPI description
	needs   []string // one of these permissions, as "name:level"
	ofForks bool     // it answers for the forks of pull requests, too
	handle  func(*GitHub, *call) answer
	wrap    string // an array as body is an object with the array under this name
	pattern *regexp.Regexp
	names   []string
	rules   *operation
}

// allRoutes lists the routes; of two that fit a path, the first is used.
func allRoutes() []route {
	return slices.Concat(
		userRoutes(), rateRoutes(), repositoryRoutes(), refRoutes(), objectRoutes(), contentRoutes(), checkRoutes(),
		commitRoutes(), pullRoutes(), commentRoutes(), reactionRoutes(), labelRoutes(), deploymentRoutes(),
		statusRoutes(), ruleRoutes(), runRoutes(), activityRoutes(), lockRoutes(), issueRoutes(),
	)
}

// compileRoutes connects every route with its description.
func compileRoutes(description *contract) ([]*route, error) {
	var routes []*route
	for _, r := range allRoutes() {
		rules, err := description.operation(r.method, r.path)
		if err != nil {
			return nil, err
		}
		r.rules = rules
		r.pattern, r.names = compilePath(r.path)
		routes = append(routes, &r)
	}
	return routes, nil
}

// compilePath turns a path template into an expression over escaped paths. Names of refs,
// branches and files may go on over several segments.
func compilePath(template string) (*regexp.Regexp, []string) {
	var names []string
	var expression strings.Builder
	for segment := range strings.SplitSeq(strings.TrimPrefix(template, "/"), "/") {
		name, isParameter := strings.CutPrefix(segment, "{")
		if !isParameter {
			expression.WriteString("/" + regexp.QuoteMeta(segment))
			continue
		}
		name = strings.TrimSuffix(name, "}")
		names = append(names, name)
		if slices.Contains([]string{"ref", "branch", "path", "basehead"}, name) {
			expression.WriteString("/(.+)")
		} else {
			expression.WriteString("/([^/]+)")
		}
	}
	return regexp.MustCompile("^" + expression.String() + "$"), names
}

// match fills in the path parameters when the route fits.
func (r *route) match(c *call) bool {
	if r.method != c.request.Method {
		return false
	}
	found := r.pattern.FindStringSubmatch(c.path)
	if found == nil {
		return false
	}
	params := map[string]string{}
	for i, name := range r.names {
		value, err := url.PathUnescape(found[i+1])
		if err != nil {
			return false
		}
		params[name] = value
	}
	c.route, c.params = r, params
	return true
}

func (g *GitHub) rest(c *call) answer {
	if !slices.ContainsFunc(g.schema.routes, func(r *route) bool { return r.match(c) }) {
		g.traffic.violate("%s %s: no such route", c.request.Method, c.path)
		return refuse(http.StatusNotImplemented, fmt.Sprintf("route %s %s is not simulated", c.request.Method, c.path))
	}
	if owner, ok := c.params["owner"]; ok && !g.isHere(c.route, owner+"/"+c.params["repo"]) {
		return refuse(http.StatusNotFound, "Not Found")
	}
	if refused, denied := g.denied(c); denied {
		return refused
	}
	if !c.token.allows(c.route.needs...) {
		return refuse(http.StatusForbidden, c.token.forbidden())
	}
	if refused, ok := g.checkRequest(c); !ok {
		return refused
	}
	answered := c.route.handle(g, c)
	if problem := c.route.rules.checkAnswer(answered); problem != "" {
		g.traffic.violate("server: %s %s: %s", c.request.Method, c.path, problem)
	}
	return answered
}

// isHere reports whether a route answers for a repository.
func (g *GitHub) isHere(r *route, fullName string) bool {
	isFork := func(p *pull) bool { return strings.EqualFold(p.HeadRepository, fullName) }
	return strings.EqualFold(fullName, g.repository.FullName()) || r.ofForks && slices.ContainsFunc(g.sortedPulls(), isFork)
}

func (g *GitHub) checkRequest(c *call) (refused answer, ok bool) {
	broken := c.route.rules.checkRequest(c)
	for _, problem := range broken {
		g.traffic.violate("%s %s: %s", c.request.Method, c.path, problem.text)
	}
	for _, problem := range broken {
		if problem.status != 0 {
			return refuse(problem.status, problem.text), false
		}
	}
	return answer{}, true
}

// api is the URL of something below the repository in the REST interface.
func (g *GitHub) api(format string, args ...any) string {
	return apiURL + "/repos/" + g.repository.FullName() + fmt.Sprintf(format, args...)
}

// web is the URL of one of the repository's pages.
func (g *GitHub) web(format string, args ...any) string {
	return webURL + "/" + g.repository.FullName() + fmt.Sprintf(format, args...)
}

// page cuts the requested page out of a list, and links to its neighbours.
func page[T any](c *call, all []T) ([]T, map[string]string) {
	size := clamp(c.query.Get("per_page"), 30, 100)
	number := clamp(c.query.Get("page"), 1, 1<<30)
	last := max(1, (len(all)+size-1)/size)
	var links []string
	link := func(page int, relation string) {
		to := *c.request.URL
		query := to.Query()
		query.Set("page", strconv.Itoa(page))
		to.RawQuery = query.Encode()
		links = append(links, fmt.Sprintf("<%s>; rel=%q", to.String(), relation))
	}
	if number > 1 {
		link(number-1, "prev")
	}
	if number < last {
		link(number+1, "next")
		link(last, "last")
	}
	from := min(len(all), (number-1)*size)
	part := all[from:min(len(all), from+size)]
	if len(links) == 0 {
		return part, nil
	}
	return part, map[string]string{"Link": strings.Join(links, ", ")}
}

func clamp(text string, otherwise, most int) int {
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 {
		return otherwise
	}
	return min(number, most)
}

// listed answers one page of a list.
func listed[T any](c *call, all []T, show func(T) any) answer {
	part, header := page(c, all)
	list := []any{}
	for _, element := range part {
		list = append(list, show(element))
	}
	return answer{status: http.StatusOK, body: list, header: header}
}
