package health

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"

	"github.com/lockstep-action/lockstep/internal/policy"
)

// guarded returns the network without addresses inside of networks, unless they are allowed. What is not the real network
// stays as it is.
func guarded(o Options) http.RoundTripper {
	network, isReal := o.Transport.(*http.Transport)
	if !isReal {
		return o.Transport
	}
	const maxHeader = 64 << 10
	wire := network.Clone()
	wire.DisableKeepAlives, wire.MaxResponseHeaderBytes = true, maxHeader
	if o.Internal {
		return wire
	}
	direct := wire.Clone()
	dialer := &net.Dialer{Timeout: policy.HealthPatience, ControlContext: refuseInternal}
	direct.DialContext, direct.Proxy = dialer.DialContext, nil
	return &guard{direct: direct, proxied: wire, proxy: wire.Proxy}
}

// guard chooses the way of each request. A proxy is the network's own, may be inside of it, and looks names up itself.
type guard struct {
	direct, proxied http.RoundTripper
	proxy           func(*http.Request) (*url.URL, error) // nil for none
}

// RoundTrip sends the request through the proxy, where there is one for it.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.proxy != nil {
		if through, err := g.proxy(r); err != nil || through != nil {
			return g.proxied.RoundTrip(r)
		}
	}
	return g.direct.RoundTrip(r)
}

// internalError says that a name leads into a network.
type internalError struct{}

func (*internalError) Error() string { return "its address is inside of a network" }

// refuseInternal looks at the address to which a connection is about to be made, whatever the name is that led there.
func refuseInternal(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || policy.IsInternal(at.Addr()) {
		return &internalError{}
	}
	return nil
}
