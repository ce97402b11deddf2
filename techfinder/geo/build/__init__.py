"""Makes the tables in `techfinder/geo/data` from GeoNames' postcodes: `python -m techfinder.geo.build
SOURCE`.

Nothing of this runs in the application.
"""
