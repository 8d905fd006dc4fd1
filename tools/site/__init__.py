"""The course as pages to read, and as notebooks that run in a browser tab."""
