"""The plugin's first process: `python3 -m batten.driver`."""

from batten.driver.supervisor import main

if __name__ == "__main__":
    main()
