"""Whether anybody notices that a service is unwell."""
