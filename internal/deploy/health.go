package deploy

// CheckingHealth is the description of the status of a deployment whose health is being checked.
const CheckingHealth = "health check"
