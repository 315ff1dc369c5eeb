"""The economy by sector: who sells what to whom, and which inputs each sector takes."""
