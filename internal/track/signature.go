package track

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// signer signs what a Webhook sends.
type signer struct {
	keys  [][]byte // a message is signed with each
	plain string   // the header of the signature over the body alone
}

// newSigner reads secrets; none is repeated in an error. Without any, nothing is signed.
func newSigner(secrets []string, header string) (signer, error) {
	s := signer{plain: header}
	for i, secret := range secrets {
		key, err := signingKey(secret)
		if err != nil {
			return signer{}, fmt.Errorf("secret %d: %w", i+1, err)
		}
		s.keys = append(s.keys, key)
	}
	return s, nil
}

// whsec marks a secret that is written in base64.
const whsec = "whsec_"

// signingKey reads one secret; one without the mark of Standard Webhooks stands for its own bytes.
func signingKey(secret string) ([]byte, error) {
	const shortestPlain, shortest, longest = 8, 24, 64
	encoded, marked := strings.CutPrefix(secret, whsec)
	switch {
	case !marked && len(secret) < shortestPlain:
		return nil, fmt.Errorf("it has %d bytes, and at least %d are needed", len(secret), shortestPlain)
	case !marked:
		return []byte(secret), nil
	}
	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	switch {
	case err != nil:
		return nil, errors.New("what follows whsec_ is no base64")
	case len(key) < shortest || len(key) > longest:
		return nil, fmt.Errorf("what follows whsec_ has %d bytes, and %d to %d are allowed", len(key), shortest, longest)
	}
	return key, nil
}

// sign adds the signatures of Standard Webhooks, which hold at one moment, and one over the body
// alone for simple receivers. That one has room for one key.
func (s signer) sign(header http.Header, id string, at time.Time, body []byte) {
	seconds := strconv.FormatInt(at.Unix(), 10)
	content := append([]byte(id+"."+seconds+"."), body...)
	var signatures []string
	for _, key := range s.keys {
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac(key, content)))
	}
	header.Set("Webhook-Id", id)
	header.Set("Webhook-Timestamp", seconds)
	if len(s.keys) == 0 {
		return
	}
	header.Set("Webhook-Signature", strings.Join(signatures, " "))
	header.Set(s.plain, "sha256="+hex.EncodeToString(mac(s.keys[0], body)))
}

func mac(key, content []byte) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write(content)
	return hash.Sum(nil)
}
