package attempt

import "context"

// Rehearse turns the client's request into one to candidate c as Do does, and sends it nowhere. What is lost in
// translation is among the exchange's warnings; the error is one of package pipeline.
func Rehearse(ctx context.Context, c *Candidate, in *Request) error {
	answer := &Answer{Way: c.Way(in.Exchange.Dialect)}
	defer func() { answer.Codecs.Close() }()
	if answer.Way == nil {
		return noWay(c, in.Exchange.Dialect)
	}
	model := c.UpstreamModel(in.Model)
	_, err := encode(ctx, c, in, model, model, answer)
	return err
}
