package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// parseAddress reads an absolute HTTP address.
func parseAddress(value string) (*url.URL, error) {
	address, err := url.Parse(value)
	if err != nil || address.Hostname() == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return nil, errors.New("must start with https:// or http:// and name a host")
	}
	return address, nil
}

// baseAddress reads an address to which paths are added.
func baseAddress(field func(*Config) *string) reader {
	return func(c *Config, value string) error {
		base, err := parseBase(value)
		if err == nil {
			*field(c) = base
		}
		return err
	}
}

// parseBase reads an address to which paths can be added.
func parseBase(value string) (string, error) {
	address, err := parseAddress(value)
	if err != nil {
		return "", err
	}
	if address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		return "", errors.New("must not contain a query, a fragment or a password")
	}
	return strings.TrimSuffix(value, "/"), nil
}

// unencrypted reports whether what is sent to the address can be read on its way.
func unencrypted(value string) bool {
	address, err := parseAddress(value)
	return err == nil && address.Scheme == "http" && !IsLoopback(address.Hostname())
}

// IsLoopback reports whether the host is this machine.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || (err == nil && address.IsLoopback())
}
