package rehearse

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// tampered changes what a start handed over, as a job in between could.
func (p *Session) tampered(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	ledger, err := unpack(p.handed["handoff"])
	if err != nil {
		return err
	}
	switch f[0] {
	case "deployment":
		err = p.nameDeployment(ledger, f[1])
	case "lock":
		branch := sim.LockBranch(environmentOf(f[1]))
		ledger["lock"] = map[string]any{"branch": branch, "tip": p.GitHub.Head(branch), "attempted": true}
	case "comment":
		ledger["trigger_id"] = json.Number(f[1])
	default:
		err = fmt.Errorf("%q is not handed over; name deployment, lock or comment", f[0])
	}
	p.handed["handoff"] = pack(ledger)
	return err
}

func (p *Session) nameDeployment(ledger map[string]any, environment string) error {
	all := p.GitHub.Deployments(environment)
	subject, ok := ledger["subject"].(map[string]any)
	if len(all) == 0 || !ok {
		return errors.New("there is no deployment to name")
	}
	ledger["deployment_id"], subject["environment"], subject["sha"] = all[0].ID, environment, all[0].SHA
	return nil
}

func unpack(handoff string) (map[string]any, error) {
	packed, err := base64.RawURLEncoding.DecodeString(handoff)
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var ledger map[string]any
	decoder := json.NewDecoder(reader)
	decoder.UseNumber()
	return ledger, decoder.Decode(&ledger)
}

func pack(ledger map[string]any) string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_ = json.NewEncoder(writer).Encode(ledger) // it was decoded before
	_ = writer.Close()                         // to memory
	return base64.RawURLEncoding.EncodeToString(packed.Bytes())
}
