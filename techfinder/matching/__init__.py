"""The engine that finds who fits whom, and says why. Pure: values in, values out; the only importer of whoosh."""
