package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

func parseAddress(value string) (*url.URL, error) {
	address, err := url.Parse(value)
	if err != nil || address.Hostname() == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return nil, errors.New("must start with https:// or http:// and name a host")
	}
	return address, nil
}

func baseAddress(field func(*Config) *string) reader { return into(field, ReadBase) }

// ReadBase reads an address to which paths are added.
func ReadBase(value string) (string, error) {
	address, err := parseAddress(value)
	if err != nil {
		return "", err
	}
	if address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		return "", errors.New("must not contain a query, a fragment or a password")
	}
	return strings.TrimSuffix(value, "/"), nil
}

// ReadAddress reads an address, in the spelling in which errors of the network repeat it: there it is masked, too.
func ReadAddress(value string) (string, error) {
	address, err := parseAddress(value)
	if err != nil {
		return "", err
	}
	if address.Fragment != "" {
		return "", errors.New("must not contain a fragment")
	}
	return address.String(), nil
}

func unencrypted(value string) bool {
	address, err := parseAddress(value)
	return err == nil && address.Scheme == "http" && !IsLoopback(address.Hostname())
}

// IsLoopback reports whether the host is this machine.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || (err == nil && address.IsLoopback())
}
