package track

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Webhook sends events as signed JSON, in the way of Standard Webhooks.
type Webhook struct {
	*receiver
	signer  signer
	headers map[string]string
	now     func() time.Time
}

// WebhookOptions are what a Webhook needs beside its endpoint.
type WebhookOptions struct {
	Secrets         string            // one, or several separated by blanks, with the newest first
	SignatureHeader string            // for the signature over the body alone, "" for X-Signature-256
	Headers         map[string]string // further ones; their values count as secrets
	Now             func() time.Time
}

// NewWebhook returns a sink that signs with each secret, so that a receiver can change from one to
// the next at any time.
func NewWebhook(to Endpoint, o WebhookOptions) (*Webhook, error) {
	secrets := strings.Fields(o.Secrets)
	common, err := newReceiver("webhook", to, o.secrets(secrets)...)
	if err != nil {
		return nil, err
	}
	header := cmp.Or(o.SignatureHeader, "X-Signature-256")
	if err := o.check(header); err != nil {
		return nil, common.to.impossible(err)
	}
	sign, err := newSigner(secrets, header)
	if err != nil {
		return nil, common.to.impossible(err)
	}
	return &Webhook{receiver: common, signer: sign, headers: maps.Clone(o.Headers), now: o.Now}, nil
}

// Send delivers the event once for each of its types that the receiver gets.
func (w *Webhook) Send(ctx context.Context, e Event) error {
	data, err := e.Record()
	if err != nil {
		return err
	}
	var posts []post
	for _, name := range w.types(e) {
		p, err := w.post(e, name, data)
		if err != nil {
			return err
		}
		posts = append(posts, p)
	}
	return w.courier.deliver(ctx, e, posts...)
}

// post is the message about one type of the event.
func (w *Webhook) post(e Event, name string, data []byte) (post, error) {
	p, err := w.letter(w.to.URL, e.messageID(name), struct {
		Type      string          `json:"type"`
		Timestamp time.Time       `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{name, moment(e.Times.Occurred), data})
	if err != nil {
		return post{}, err
	}
	for name, value := range w.headers {
		p.header.Set(name, value)
	}
	p.sign = func(header http.Header) { w.signer.sign(header, p.id, w.now(), p.body) }
	return p, nil
}

// secrets lists what nobody may see, in each form that an answer could repeat.
func (o WebhookOptions) secrets(signing []string) []string {
	const shortest = 8 // the word Bearer is no secret
	var all []string
	for _, secret := range signing {
		all = append(all, secret, strings.TrimPrefix(secret, whsec))
	}
	for _, value := range o.Headers {
		all = append(all, value)
		all = append(all, slices.DeleteFunc(strings.Fields(value), func(word string) bool { return len(word) < shortest })...)
	}
	return all
}

// check wants headers that can be sent, and each of them once.
func (o WebhookOptions) check(signature string) error {
	if o.Now == nil {
		return errors.New("it has no clock")
	}
	names := ownHeaders()
	for _, name := range append(slices.Sorted(maps.Keys(o.Headers)), signature) {
		switch {
		case name == "" || strings.ContainsFunc(name, notInName):
			return fmt.Errorf("%q cannot name a header", name)
		case strings.ContainsFunc(o.Headers[name], notInValue):
			return fmt.Errorf("the value of header %q has a line break or a control character", name)
		case slices.Contains(names, http.CanonicalHeaderKey(name)):
			return fmt.Errorf("header %q is set already", name)
		}
		names = append(names, http.CanonicalHeaderKey(name))
	}
	return nil
}

// ownHeaders lists the headers that only we or the connection can set.
func ownHeaders() []string {
	return []string{
		"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", "Idempotency-Key", "User-Agent",
		"Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Host",
	}
}

func notInName(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func notInValue(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
