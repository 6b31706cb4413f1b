package track

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/lockstep-action/lockstep/internal/wait"
)

// Ping finds out whether the API can be reached. It records nothing, and does not try the key.
func (v *Versioner) Ping(ctx context.Context) error {
	return v.courier.ping(ctx, v.base+"/deployment-events/", v.header.Get("User-Agent"))
}

// Ping finds out whether the receiver can be reached. It tells it nothing.
func (r *receiver) Ping(ctx context.Context) error {
	return r.courier.ping(ctx, r.to.URL, r.to.Agent)
}

// ping asks for the header of an answer, with HEAD, which no receiver takes for a message: whatever it says
// to that, it is there. A redirect is none that a message would follow.
func (c *client) ping(ctx context.Context, address, agent string) error {
	const patience = 5 * time.Second
	ctx, cancel := wait.Limit(ctx, patience, fmt.Errorf("no answer within %s", patience))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return errors.New("the address is no URL")
	}
	request.Header.Set("User-Agent", agent)
	response, err := c.client.Do(request)
	if err != nil {
		return errors.New(short(c.hide.Replace(reason(ctx, err))))
	}
	defer response.Body.Close() //nolint:errcheck // there is no body to a HEAD
	switch status := response.StatusCode; {
	case status >= 500 && status != http.StatusNotImplemented: // which is about HEAD
		return fmt.Errorf("it answers with HTTP %d", status)
	case status >= 300 && status < 400:
		return fmt.Errorf("it redirects (HTTP %d), and messages are not sent on", status)
	}
	return nil
}
