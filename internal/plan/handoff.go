package plan

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// Handoff writes the ledger for another job. The runner drops an output in which it finds a secret, and a secret may be
// any word, such as the name of an environment: so no word is left in it. What the health check asks stays here: the jobs
// in between could change it.
func (l Ledger) Handoff() (string, error) {
	l = l.withoutHealth()
	text, err := l.Marshal()
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err = io.WriteString(writer, text)
	if err = errors.Join(err, writer.Close()); err != nil {
		return "", fmt.Errorf("pack ledger: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(packed.Bytes()), nil
}

// ReadHandoff reads what Handoff wrote. Empty text is an idle ledger.
func ReadHandoff(text string) (Ledger, error) {
	if text == "" {
		return Ledger{}, nil
	}
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Ledger{}, fmt.Errorf("unpack ledger: %w", err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return Ledger{}, fmt.Errorf("unpack ledger: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(reader, maxLedger+1))
	switch {
	case err != nil:
		return Ledger{}, fmt.Errorf("unpack ledger: %w", err)
	case len(plain) > maxLedger:
		return Ledger{}, errors.New("unpack ledger: it is too long")
	}
	l, err := ReadLedger(string(plain))
	return l.withoutHealth(), err
}

func (l Ledger) withoutHealth() Ledger {
	l.HealthChecks, l.Health = nil, nil
	return l
}
