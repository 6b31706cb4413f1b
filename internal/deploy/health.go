package deploy

// CheckingHealth is the description of the status that a deployment has while the application is checked.
const CheckingHealth = "health check"
