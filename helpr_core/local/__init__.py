"""The Functions host's HTTP rules around a FunctionApp, for where no Functions host runs."""
